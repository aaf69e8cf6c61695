import { randomInt, randomUUID } from 'node:crypto';

/** A review to be sent, and whether its pod needs the value. */
export interface Review {
  readonly isHit: boolean;
  readonly bytes: number;
  /** The whole request, with a uid of its own each time. */
  readonly request: () => Buffer;
}

const UID = '00000000-0000-4000-8000-000000000000';

// The ServiceAccount plugin calls the volume of each pod's token differently, by five of these letters.
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const TOKEN_NAME = 'bbbbb';
const TOKEN = `kube-api-access-${TOKEN_NAME}`;
// What is different from one template to the next.
const TEMPLATE = '11111111';

/** What the pods of reviews have in common. */
export interface Kind {
  readonly image: string;
  readonly isHit: boolean;
  /** True for pods of which no two come from one template. */
  readonly isFirst?: boolean;
}

/** Ordinary reviews of about 2, 6 and 30 KB, in the proportion in which they are met: six of ten have about 6. */
export function reviews(kind: Kind): Review[] {
  return [1, 1, 1, 2, 2, 2, 2, 2, 2, 3].map((size) => review(kind, size));
}

function review({ image, isHit, isFirst = false }: Kind, size: number): Review {
  const variables = [12, 40, 220][size - 1] ?? 0;
  const container = {
    name: 'main',
    image,
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: variables }, (_, index) => ({
      name: `SETTING_${index}`,
      value: index === 0 ? `template ${TEMPLATE}` : `the value of setting ${index}`,
    })),
    resources: { limits: { memory: '2Gi' }, requests: { cpu: '1', memory: '2Gi' } },
    volumeMounts: [{ name: TOKEN, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    imagePullPolicy: 'IfNotPresent',
  };
  const projected = {
    sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }],
    defaultMode: 420,
  };
  const labels = { 'app.kubernetes.io/name': 'shop', 'pod-template-hash': '7f59db7c78' };
  const fields = `{"f:spec":{"f:containers":{${'"k:{\\"name\\":\\"main\\"}":{},'.repeat(size * 20)}"f:x":{}}}}`;
  const managedFields = [{ manager: 'kube-controller-manager', operation: 'Update', fieldsV1: JSON.parse(fields) }];
  const object = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { generateName: 'shop-7f59db7c78-', namespace: 'shop', labels, managedFields },
    spec: {
      volumes: [{ name: TOKEN, projected }],
      containers: [container],
      restartPolicy: 'Always',
      serviceAccountName: 'default',
      priority: 0,
    },
    status: {},
  };
  const body = JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: UID,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: {
        username: 'system:serviceaccount:kube-system:replicaset-controller',
        groups: ['system:authenticated'],
      },
      object,
      oldObject: null,
      dryRun: false,
    },
  });
  const head = [
    'POST /mutate/init-container?timeout=3s HTTP/1.1',
    'Host: max-map-count-webhook.max-map-count.svc:443',
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${body.length}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
  const whole = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  const places = {
    uid: whole.indexOf(UID),
    template: whole.indexOf(TEMPLATE),
    tokens: [whole.indexOf(TOKEN_NAME), whole.lastIndexOf(TOKEN_NAME)],
  };
  let templates = 0;
  const request = () => {
    const copy = Buffer.from(whole);
    copy.write(randomUUID(), places.uid);
    const name = Array.from(TOKEN_NAME, () => LETTERS[randomInt(LETTERS.length)]).join('');
    for (const at of places.tokens) copy.write(name, at);
    if (isFirst) copy.write(String(++templates).padStart(TEMPLATE.length, '0'), places.template);
    return copy;
  };
  return { isHit, bytes: body.length, request };
}
