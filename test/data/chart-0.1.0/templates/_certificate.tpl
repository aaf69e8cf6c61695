{{- /*
The certificate of tls.mode helm, as YAML: data (of the Secret) and renewAfter (a day). Read back from the cluster until
that day. The CA that is replaced stays trusted for one more round: pods serve its leaf until they have loaded the new one.
*/}}
{{- define "max-map-count-webhook.generatedCertificate" -}}
{{- $tls := .Values.tls.helm }}
{{- if ge (int $tls.renewBeforeDays) (int $tls.days) }}
{{- fail "tls.helm.renewBeforeDays: must be less than tls.helm.days, or every upgrade would make a new certificate" }}
{{- end }}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "max-map-count-webhook.tlsSecretName" .) | default dict }}
{{- $data := $secret.data | default dict }}
{{- $renewAfter := dig "metadata" "annotations" "max-map-count.io/renew-after" "" $secret }}
{{- $complete := and (get $data "ca.crt") (get $data "tls.crt") (get $data "tls.key") }}
{{- if not (and $complete (gt $renewAfter (now | date "2006-01-02"))) }}
{{- $name := include "max-map-count-webhook.fullname" . }}
{{- $dnsNames := include "max-map-count-webhook.dnsNames" . | fromYamlArray }}
{{- /* The CA's key is forgotten at once: nothing else can ever be signed with it. */}}
{{- $ca := genCAWithKey "max-map-count-webhook-ca" (int $tls.days) (genPrivateKey "ecdsa") }}
{{- $leaf := genSignedCertWithKey $name nil $dnsNames (int $tls.days) $ca (genPrivateKey "ecdsa") }}
{{- $before := regexFind "(?s)^.*?-----END CERTIFICATE-----\n" (get $data "ca.crt" | default "" | b64dec) }}
{{- $data = dict "ca.crt" (b64enc (print $ca.Cert $before)) "tls.crt" (b64enc $leaf.Cert) "tls.key" (b64enc $leaf.Key) }}
{{- $hours := mul 24 (sub (int $tls.days) (int $tls.renewBeforeDays)) }}
{{- $renewAfter = now | dateModify (printf "+%dh" $hours) | date "2006-01-02" }}
{{- end }}
{{- dict "data" (pick $data "ca.crt" "tls.crt" "tls.key") "renewAfter" $renewAfter | toYaml }}
{{- end }}

{{- /*
Fails on a lifetime that cert-manager would refuse, which only its own webhook does, half way through an upgrade.
https://github.com/cert-manager/cert-manager/blob/v1.21.2/internal/apis/certmanager/validation/certificate.go
*/}}
{{- define "max-map-count-webhook.checkedDurations" -}}
{{- $day := toDate "2006-01-02" "2000-01-01" }}
{{- $start := $day | unixEpoch | int64 }}
{{- with .Values.tls.certManager }}
{{- $duration := sub ($day | mustDateModify .duration | unixEpoch | int64) $start }}
{{- $renewBefore := sub ($day | mustDateModify .renewBefore | unixEpoch | int64) $start }}
{{- if lt $duration 3600 }}
{{- fail (printf "tls.certManager.duration: %s is less than an hour, which cert-manager refuses" .duration) }}
{{- else if lt $renewBefore 300 }}
{{- fail (printf "tls.certManager.renewBefore: %s is less than five minutes, which cert-manager refuses" .renewBefore) }}
{{- else if ge $renewBefore $duration }}
{{- fail (printf "tls.certManager.renewBefore: %s must be less than tls.certManager.duration (%s)" .renewBefore .duration) }}
{{- end }}
{{- end }}
{{- end }}
