{{/* mipnet, or RELEASE-mipnet. Short enough that "-orchestrator" still fits into 63 characters. */}}
{{- define "mipnet.name" -}}
{{- if contains "mipnet" .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-mipnet" .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What finds the pods of a component. Argument: (list $ component). Never changes in the life of a release. */}}
{{- define "mipnet.selector" -}}
{{- $top := index . 0 -}}
app.kubernetes.io/name: mipnet
app.kubernetes.io/instance: {{ $top.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Argument: (list $ component). */}}
{{- define "mipnet.labels" -}}
{{- $top := index . 0 -}}
{{ include "mipnet.selector" . }}
app.kubernetes.io/version: {{ $top.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $top.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $top.Chart.Name $top.Chart.Version }}
{{- end -}}
