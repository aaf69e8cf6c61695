{{- define "max-map-count-webhook.rotateName" -}}
{{- printf "%s-rotate" (include "max-map-count-webhook.fullname" . | trunc 40 | trimSuffix "-") }}
{{- end }}

{{- /* Not the webhook's own: its Service and PodDisruptionBudget must never select these pods. */}}
{{- define "max-map-count-webhook.rotateLabels" -}}
{{- $own := dict "app.kubernetes.io/name" (printf "%s-rotate" (include "max-map-count-webhook.name" . | trunc 56 | trimSuffix "-")) }}
{{- $_ := set $own "app.kubernetes.io/instance" .Release.Name }}
{{- merge $own (default dict .Values.podLabels) (default dict .Values.commonLabels) | toYaml }}
{{- end }}

{{- /* The webhook configurations whose caBundle is written. */}}
{{- define "max-map-count-webhook.configurationNames" -}}
{{- $fullname := include "max-map-count-webhook.fullname" . }}
- zz-{{ $fullname }}
{{- if .Values.webhook.warnOnWorkloads }}
- zz-{{ $fullname }}-warn
{{- end }}
{{- end }}

{{- /* The pod of the Job and of the CronJob. */}}
{{- define "max-map-count-webhook.rotatePod" -}}
metadata:
  labels:
    {{- include "max-map-count-webhook.rotateLabels" . | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "max-map-count-webhook.rotateName" . }}
  enableServiceLinks: false
  restartPolicy: OnFailure
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: rotate
      image: {{ include "max-map-count-webhook.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command:
        - /nodejs/bin/node
        - /app/rotate.js
      args:
        - --secret={{ .Release.Namespace }}/{{ include "max-map-count-webhook.tlsSecretName" . }}
        {{- range include "max-map-count-webhook.configurationNames" . | fromYamlArray }}
        - --configuration={{ . }}
        {{- end }}
        {{- range include "max-map-count-webhook.dnsNames" . | fromYamlArray }}
        - --name={{ . }}
        {{- end }}
        - --days={{ .Values.tls.rotated.days }}
        - --renew-before-days={{ .Values.tls.rotated.renewBeforeDays }}
      {{- with .Values.tls.rotated.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop:
            - ALL
      # The last line then shows in `kubectl describe pod` when it fails.
      terminationMessagePolicy: FallbackToLogsOnError
{{- end }}
