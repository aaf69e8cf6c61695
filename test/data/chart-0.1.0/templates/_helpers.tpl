{{- define "max-map-count-webhook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "max-map-count-webhook.fullname" -}}
{{- $name := include "max-map-count-webhook.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "max-map-count-webhook.selectorLabels" -}}
app.kubernetes.io/name: {{ include "max-map-count-webhook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Labels of every object. Built as one map, so that a user's label never stands beside ours under the same key. */}}
{{- define "max-map-count-webhook.labels" -}}
{{- $own := include "max-map-count-webhook.selectorLabels" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $own (default dict .Values.commonLabels) | toYaml }}
{{- end }}

{{- define "max-map-count-webhook.podLabels" -}}
{{- $own := include "max-map-count-webhook.selectorLabels" . | fromYaml }}
{{- merge $own (default dict .Values.podLabels) (default dict .Values.commonLabels) | toYaml }}
{{- end }}

{{- define "max-map-count-webhook.image" -}}
{{- with .Values.image }}
{{- list .registry .repository | compact | join "/" }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{- /* A Secret name per mode: changing the mode never meets a Secret that someone else owns. */}}
{{- define "max-map-count-webhook.tlsSecretName" -}}
{{- $fullname := include "max-map-count-webhook.fullname" . }}
{{- if eq .Values.tls.mode "certManager" }}
{{- printf "%s-tls" $fullname }}
{{- else if eq .Values.tls.mode "helm" }}
{{- printf "%s-helm-tls" $fullname }}
{{- else }}
{{- required "tls.existingSecret.secretName: name the Secret that holds tls.crt and tls.key (tls.mode is existingSecret)" .Values.tls.existingSecret.secretName }}
{{- end }}
{{- end }}

{{- /* The names the API server and a person in the cluster call the Service by. */}}
{{- define "max-map-count-webhook.dnsNames" -}}
{{- $service := printf "%s.%s" (include "max-map-count-webhook.fullname" .) .Release.Namespace }}
- {{ $service }}.svc
- {{ $service }}
{{- end }}
