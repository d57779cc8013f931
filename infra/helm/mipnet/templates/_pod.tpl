{{/* Labels and annotations of a pod. Argument: (list $ component values-of-the-component). */}}
{{- define "mipnet.pod-metadata" -}}
{{- $own := index . 2 -}}
labels:
  {{- include "mipnet.labels" (list (index . 0) (index . 1)) | nindent 2 }}
  {{- with $own.podLabels }}{{ toYaml . | nindent 2 }}{{ end }}
{{- with $own.podAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What every pod has in common. Argument: (list $ component values-of-the-component). */}}
{{- define "mipnet.pod" -}}
{{- $top := index . 0 -}}
{{- $component := index . 1 -}}
{{- $own := index . 2 -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- with $top.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $own.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- toYaml . | nindent 4 }}
    labelSelector:
      matchLabels: {{- include "mipnet.selector" (list $top $component) | nindent 8 }}
  {{- end }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 256Mi}
{{- with $top.Values.temporal.tls.caSecret }}
  - name: temporal-ca
    secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- with $top.Values.temporal.tls.clientSecret }}
  - name: temporal-client
    secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{/* What every container has in common. */}}
{{- define "mipnet.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- if .Values.temporal.tls.caSecret }}
  - {name: temporal-ca, mountPath: /etc/temporal/ca, readOnly: true}
{{- end }}
{{- if .Values.temporal.tls.clientSecret }}
  - {name: temporal-client, mountPath: /etc/temporal/client, readOnly: true}
{{- end }}
{{- end -}}

{{/* How every process finds the Temporal server. */}}
{{- define "mipnet.temporal-environment" -}}
{{- $tls := .Values.temporal.tls -}}
- {name: TEMPORAL_ADDRESS, value: {{ required "temporal.address is missing: give the host:port of the Temporal frontend" .Values.temporal.address | quote }}}
- {name: TEMPORAL_NAMESPACE, value: {{ .Values.temporal.namespace | quote }}}
{{- if or $tls.enabled $tls.caSecret $tls.clientSecret .Values.temporal.apiKeySecret.name }}
- {name: TEMPORAL_TLS, value: 'true'}
{{- end }}
{{- with $tls.serverName }}
- {name: TEMPORAL_TLS_SERVER_NAME, value: {{ . | quote }}}
{{- end }}
{{- if $tls.caSecret }}
- {name: TEMPORAL_TLS_SERVER_CA_CERT_PATH, value: /etc/temporal/ca/ca.crt}
{{- end }}
{{- if $tls.clientSecret }}
- {name: TEMPORAL_TLS_CLIENT_CERT_PATH, value: /etc/temporal/client/tls.crt}
- {name: TEMPORAL_TLS_CLIENT_KEY_PATH, value: /etc/temporal/client/tls.key}
{{- end }}
{{- with .Values.temporal.apiKeySecret }}
{{- if .name }}
- name: TEMPORAL_API_KEY
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .key }}}}
{{- end }}
{{- end }}
{{- end -}}

{{/* What only workers need to know: the object store, and which version they are. */}}
{{- define "mipnet.worker-environment" -}}
{{- with .Values.temporal.workerDeployment }}
- {name: MIPNET_DEPLOYMENT, value: {{ . | quote }}}
{{- end }}
- {name: MIPNET_STORE, value: {{ required "store.url is missing: give s3://bucket/prefix" .Values.store.url | quote }}}
- {name: AWS_REGION, value: {{ .Values.store.region | quote }}}
{{- with .Values.store.endpoint }}
- {name: AWS_ENDPOINT_URL_S3, value: {{ . | quote }}}
{{- end }}
{{- if not .Values.store.checksums }}
- {name: AWS_REQUEST_CHECKSUM_CALCULATION, value: WHEN_REQUIRED}
- {name: AWS_RESPONSE_CHECKSUM_VALIDATION, value: WHEN_REQUIRED}
{{- end }}
{{- with .Values.store.credentialsSecret }}
{{- if .name }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .accessKeyId }}}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .secretAccessKey }}}}
{{- end }}
{{- end }}
{{- end -}}

{{/* Probes of a worker. A minute and a half to find the Temporal server. */}}
{{- define "mipnet.worker-probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 3
  failureThreshold: 30
readinessProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
livenessProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}
