import type { Call, Family, Rule } from '../rule.ts';
import { say } from '../verdicts.ts';

const globals =
  '-n --namespace --context --kubeconfig --cluster --user -s --server --token --as --as-group --request-timeout -l --selector -o --output -f --filename -k --kustomize -c --container --field-selector --sort-by --tail --since -L --template -p --patch --type --image --replicas --port --target-port --chunk-size --certificate-authority --cache-dir --profile-output --raw';

/** A cluster's file may name a program that is run to log in; those that the system keeps are as good as its own. */
const foreignConfig = (call: Call) => {
  const at = call.args.findIndex((arg) => arg.lead.startsWith('--kubeconfig'));
  const arg = call.args[at];
  const file =
    arg?.value === '--kubeconfig' ? call.args[at + 1]?.value : arg?.value?.slice('--kubeconfig='.length);
  return at < 0 || isOwnConfig.test(file ?? '')
    ? []
    : [say('unknown', 'goes by a file that may name a program to run')];
};
const isOwnConfig = /^(\/etc\/|\/root\/\.kube\/|\/var\/lib\/|\/home\/[^/]+\/\.kube\/)(?!.*\.\.)/;

const execs: Rule = {
  is: 'services',
  values: globals,
  noHelp: true,
  check: (call) => {
    const at = call.args.findIndex((arg) => arg.value === '--');
    const inner = at < 0 ? call.operands.slice(1) : call.args.slice(at + 1);
    return inner.length > 0 ? call.runs(inner) : [];
  },
};

const gets: Rule = {
  is: 'reads',
  values: globals,
  namesOnly: true,
  check: (call: Call) =>
    call.options.some((o) => o.name === '--raw' && /secret|token/.test(o.value?.value ?? 'secret')) ||
    (call.operands.some((arg) => /(^|,)secrets?($|[,/.])|^all$/i.test(arg.value ?? '')) &&
      call.operands[0]?.value !== 'all' &&
      call.options.some(
        (o) => /^(-o|--output|--template)$/.test(o.name) && !/^(wide|name)$/.test(o.value?.value ?? ''),
      ))
      ? [say('secrets', 'shows secrets of the cluster')]
      : [],
};

const removes = say('remoteDestroys', 'removes things from the cluster');

export const kubernetes: Family = {
  rules: {
    'kubectl oc k3s-kubectl kubecolor microk8s.kubectl': {
      values: globals,
      check: foreignConfig,
      turns: { '--version --help -h': 'nothing' },
      sub: {
        '': 'nothing',
        get: gets,
        'describe explain top logs log version api-resources api-versions cluster-info events options diff kustomize completion wait':
          {
            is: 'reads',
            values: globals,
            flags: {
              '--output-directory --enable-exec --enable-alpha-plugins --enable-helm --helm-command':
                'runsCode',
            },
          },
        auth: { sub: { 'can-i whoami': 'reads', '*': 'permissions' } },
        rollout: { sub: { 'status history': 'reads', '*': 'services' } },
        config: {
          sub: {
            'view current-context get-contexts get-clusters get-users': {
              is: 'reads',
              flags: { '--raw': 'secrets' },
            },
            '*': 'writes',
          },
        },
        delete: { is: removes, values: globals },
        apply: { is: 'remote', flags: { '--prune --force --overwrite-all': removes }, values: globals },
        drain: say('stops', 'takes everything off a node'),
        replace: { is: 'remote', flags: { '--force': removes }, values: globals },
        'exec attach': execs,
        run: { ...execs, is: 'services' },
        debug: { ...execs, is: 'escalates' },
        'cp port-forward proxy': 'sends',
        plugin: 'runsCode',
        '*': 'remote',
      },
    },
    helm: {
      values: '-n --namespace --kube-context --kubeconfig -f --values --set --version --filter -o --output',
      turns: { '--help -h': 'nothing' },
      sub: {
        '': 'nothing',
        'version env completion list ls history status search show inspect lint template verify help': {
          is: 'reads',
          values: '--output-dir',
          flags: { '--output-dir --post-renderer': 'writes' },
        },
        get: { sub: { 'values manifest notes hooks metadata all': 'reads', '*': 'reads' } },
        'repo dep dependency plugin registry': { sub: { 'list ls': 'reads', '*': 'installs' } },
        'install upgrade': {
          is: 'remote',
          turns: { '--dry-run': 'reads' },
          flags: { '--post-renderer': 'runsCode' },
          values: '-f --values --set -n --namespace --version --post-renderer',
        },
        'uninstall delete del un': removes,
        '*': 'remote',
      },
    },
    'kubectx kubens': {
      is: 'reads',
      operands: { most: 0, beyond: 'writes' },
      flags: { '-d -u -c-': 'writes' },
    },
    'k9s stern kubetail kubeadm kind minikube k3d eksctl flux argocd istioctl linkerd kustomize velero': {
      is: 'remote',
      sub: {
        'get list version status describe logs ls build check diff': 'network',
        'delete destroy uninstall reset': removes,
        'schedule backup restore snapshot app cluster stack': {
          is: 'remote',
          sub: { 'get list describe logs status': 'network', delete: removes, '*': 'remote' },
        },
      },
    },
    etcdctl: { is: 'remote', sub: { 'get endpoint member-list version': 'network', del: removes } },
  },
  examples: {
    'read-only': [
      'kubectl get pods -A',
      'kubectl describe pod x',
      'kubectl logs x --tail=5',
      'kubectl --context a get pods',
      'helm list',
      'kubectl rollout status deploy/x',
      'kubectl auth can-i get pods',
    ],
    changes: [
      'kubectl apply -f x',
      'kubectl scale deploy/x --replicas=2',
      'kubectl exec x -- ls',
      'kubectl get secret x -o yaml',
      'helm upgrade a b',
      'kubectl rollout restart deploy/x',
      'kubectl cp a x:/b',
      'kubectl config use-context x',
    ],
    dangerous: [
      'kubectl delete pod x',
      'kubectl -n a delete ns b',
      'kubectl drain x',
      'kubectl exec x -- rm -rf /data',
      'helm uninstall x',
      'kubectl replace --force -f x',
      'kubectl exec -it x -- sh -c "$y"',
    ],
  },
};
