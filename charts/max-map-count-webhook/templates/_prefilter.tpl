{{- /*
The match condition that keeps pods from the webhook which no workload can match, filled in as src/core/prefilter.ts does it
(a test compares the two). Gives YAML: expression, or problem where the rows cannot be written down, in which case every pod
has to be sent. Takes the root.
*/}}
{{- define "max-map-count-webhook.prefilter" -}}
{{- $file := .Files.Get "files/prefilter.json" | fromJson }}
{{- $own := dict }}
{{- range .Values.config.workloads }}{{ $_ := set $own .name . }}{{ end }}
{{- $rows := list }}
{{- $inForce := list }}
{{- range $file.rows }}
{{- if not (has .name $.Values.config.disabledWorkloads) }}
{{- $inForce = append $inForce .name }}
{{- $rows = append $rows (get $own .name | default .) }}
{{- end }}
{{- end }}
{{- range .Values.config.workloads }}{{ if not (has .name $inForce) }}{{ $rows = append $rows . }}{{ end }}{{ end }}
{{- $globs := list }}
{{- $lists := dict "SETTINGS" list "HINTS" list "NAMES" list "PORTS" list "MOUNTS" list "LABELS" list }}
{{- range $rows }}
{{- $hints := .hints | default dict }}
{{- range concat (.images | default list) ($hints.images | default list) }}
{{- $globs = append $globs (splitList ":" . | first | splitList "/" | last) }}
{{- end }}
{{- $_ := set $lists "SETTINGS" (concat $lists.SETTINGS (.env | default list)) }}
{{- $_ := set $lists "HINTS" (concat $lists.HINTS ($hints.env | default list)) }}
{{- $_ := set $lists "NAMES" (concat $lists.NAMES ($hints.containers | default list)) }}
{{- range $hints.ports }}{{ range . }}{{ $_ := set $lists "PORTS" (append $lists.PORTS (int . | toString)) }}{{ end }}{{ end }}
{{- range .mounts }}{{ $_ := set $lists "MOUNTS" (append $lists.MOUNTS (print (regexReplaceAll "/+$" . "") "/")) }}{{ end }}
{{- $labels := list }}
{{- range $key, $value := .labels }}{{ $labels = append $labels (print $key "=" (ternary "*" $value (contains "*" $value))) }}{{ end }}
{{- $_ := set $lists "LABELS" (concat $lists.LABELS (sortAlpha $labels)) }}
{{- end }}
{{- $names := list }}
{{- $parts := list }}
{{- range uniq $globs }}
{{- if contains "*" . }}
{{- $longest := "" }}
{{- range splitList "*" . }}{{ if gt (len .) (len $longest) }}{{ $longest = . }}{{ end }}{{ end }}
{{- $parts = append $parts $longest }}
{{- else }}
{{- $names = append $names . }}
{{- end }}
{{- end }}
{{- $parts = uniq $parts }}
{{- $imageNames := list }}
{{- range $name := $names }}
{{- $covered := false }}
{{- range $parts }}{{ if contains . $name }}{{ $covered = true }}{{ end }}{{ end }}
{{- if not $covered }}{{ $imageNames = append $imageNames $name }}{{ end }}
{{- end }}
{{- $imageParts := list }}
{{- range $part := $parts }}
{{- $covered := false }}
{{- range $parts }}{{ if and (ne . $part) (contains . $part) }}{{ $covered = true }}{{ end }}{{ end }}
{{- if not $covered }}{{ $imageParts = append $imageParts $part }}{{ end }}
{{- end }}
{{- $count := add (len $imageNames) (len $imageParts) }}
{{- $problem := "" }}
{{- range list "LABELS" "MOUNTS" "SETTINGS" "HINTS" "NAMES" "PORTS" }}
{{- $words := get $lists . | uniq }}
{{- $count = add $count (len $words) }}
{{- $_ := set $lists . $words }}
{{- range $words }}
{{- if and (not $problem) (not (regexMatch "^[!-$&(-\\[\\]-~]*$" .)) }}
{{- $problem = printf "%s has characters that the prefilter does not take" (toJson .) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and (not $problem) (gt $count (int $file.most.words)) }}
{{- $problem = printf "the rows have %d words, more than the %d of a prefilter" $count (int $file.most.words) }}
{{- end }}
{{- $characters := concat $imageNames $imageParts | join "" | len }}
{{- if and (not $problem) (gt $characters (int $file.most.imageCharacters)) }}
{{- $problem = printf "the names of images have %d characters, more than the %d of a prefilter" $characters (int $file.most.imageCharacters) }}
{{- end }}
{{- $lines := list }}
{{- range $line := $file.text }}
{{- $slot := regexFind "^ *%[A-Z]+%$" $line | trim | trimAll "%" }}
{{- if $slot }}
{{- $indent := regexFind "^ *" $line }}
{{- $text := "" }}
{{- $words := get $lists $slot }}
{{- range $index, $word := $words }}
{{- $item := ternary $word (printf "'%s'" $word) (eq $slot "PORTS") }}
{{- if eq $slot "LABELS" }}
{{- $parts := regexSplit "=" $word 2 }}
{{- $item = printf "['%s', '%s']" (first $parts) (last $parts) }}
{{- end }}
{{- if lt (add1 $index) (len $words) }}{{ $item = print $item "," }}{{ end }}
{{- if not $text }}
{{- $text = $item }}
{{- else if le (add (len $text) 1 (len $item)) 100 }}
{{- $text = print $text " " $item }}
{{- else }}
{{- $lines = append $lines (print $indent $text) }}
{{- $text = $item }}
{{- end }}
{{- end }}
{{- if $text }}{{ $lines = append $lines (print $indent $text) }}{{ end }}
{{- else }}
{{- $line = replace "%IMAGE_NAMES%" (join "|" $imageNames | replace "." "[.]" | default "$.") $line }}
{{- $line = replace "%IMAGE_PARTS%" (ternary "$." (join "|" $imageParts | replace "." "[.]") (empty $imageParts)) $line }}
{{- $lines = append $lines $line }}
{{- end }}
{{- end }}
{{- dict "name" $file.name "expression" (join "\n" $lines) "problem" $problem | toYaml }}
{{- end }}
