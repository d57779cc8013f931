{{/* What the schema cannot say. Fails with one sentence. */}}
{{- define "mipnet.checks" -}}
{{- $scaling := .Values.autoscaling -}}
{{- if and (ne $scaling.by "none") (gt (int $scaling.min) (int $scaling.max)) -}}
{{- fail (printf "autoscaling.min is %d and autoscaling.max is %d: give a max that is not below min" (int $scaling.min) (int $scaling.max)) -}}
{{- end -}}
{{- if .Values.temporal.workerDeployment -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag | splitList "@" | first -}}
{{- $build := regexReplaceAll "[^a-z0-9]+" (lower $tag) "-" | trimAll "-" -}}
{{- if not (hasSuffix (printf "-%s" $build) .Release.Name) -}}
{{- fail (printf "with temporal.workerDeployment each build is a release of its own, because an upgrade would end the workers of runs that are pinned to the old build: name this one mipnet-%s (docs/cluster.md, A new version)" $build) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The port of the S3 endpoint, or that of its scheme. */}}
{{- define "mipnet.store-port" -}}
{{- $endpoint := .Values.store.endpoint -}}
{{- $port := regexFind ":[0-9]+$" (regexFind "^https?://[^/]+" $endpoint) | trimPrefix ":" -}}
{{- $port | default (ternary "80" "443" (hasPrefix "http://" $endpoint)) -}}
{{- end -}}
