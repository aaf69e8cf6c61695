/** The examples under each command's help. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  preview: [
    'kubectl max-map-count preview -f deployment.yaml',
    'kubectl max-map-count preview -R -f manifests/ --exit-code',
    'helm template search ./chart | kubectl max-map-count preview -f - -o yaml | kubectl apply -f -',
    'kubectl max-map-count preview -f deployment.yaml -o pod | kubectl create --dry-run=server -o yaml -f -',
    'kubectl patch deployment elk --type=json -p "$(kubectl max-map-count preview -f elk.yaml -o patch)"',
  ],
  explain: [
    'kubectl max-map-count explain -f deployment.yaml',
    'kubectl max-map-count explain pod/elasticsearch-0 -n search',
    'kubectl max-map-count explain deployment/elk -o json',
    'kubectl max-map-count explain -f deployment.yaml --link --redact',
  ],
  doctor: [
    'kubectl max-map-count doctor',
    'kubectl max-map-count doctor -n search -o json',
    'kubectl max-map-count doctor --wait 5m --bundle doctor.tgz',
  ],
  advise: ['kubectl max-map-count advise', 'kubectl max-map-count advise -o json'],
  fix: [
    'kubectl max-map-count fix --dry-run',
    'kubectl max-map-count fix pod/elasticsearch-0 -n search',
    'kubectl max-map-count fix -A --yes',
  ],
  nodes: ['kubectl max-map-count nodes', 'kubectl max-map-count nodes --clean'],
  catalogue: ['kubectl max-map-count catalogue', 'kubectl max-map-count catalogue -o yaml --config config.yaml'],
  'admission-policy': [
    'kubectl max-map-count render admission-policy | kubectl apply -f -',
    'kubectl max-map-count render admission-policy --static > /etc/kubernetes/policies/max-map-count.yaml',
  ],
  config: ['kubectl max-map-count render config > config.yaml'],
  'match-conditions': ['kubectl max-map-count render match-conditions --config config.yaml'],
  completion: ['source <(kubectl max-map-count completion bash)'],
  version: ['kubectl max-map-count version'],
};
