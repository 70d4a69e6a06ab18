import { hiddenCommands } from '../code.ts';
import type { Verdict } from '../effect.ts';
import { isSecretPath } from '../paths.ts';
import type { Call, Family, Rule } from '../rule.ts';
import { sqlVerdicts } from '../sql.ts';
import { named, say } from '../verdicts.ts';

const destroys = say('remoteDestroys', 'destroys something in the cloud');
const removing =
  /^(?:[a-z-]+:)?(delete|destroy|remove|unregister|purge|terminate|rm|rb|rmi|del|drop|deregister|batch-delete|empty|wipe|nuke)(-|$)/;
const showing =
  /^(list|describe|get|show|search|lookup|head|batch-get|query|scan|view|ls|read|help|exists|estimate|preview|validate|check|count|filter|select|diff|status|version|info|tail|history|is|can|wait|simulate|detect|test|watch|print|inspect|logs|generate-credential-report|start-query|admin-list|admin-get)(-|s?$)/;
const secretive =
  /secret-value|get-random-password|with-decryption|get-password-data|decrypt|print-access-token|print-identity-token|get-credentials|get-access-token|get-login-password|assume-role|get-(federation|session)-token|role-credentials|authorization-token|^get-token$|generate-db-auth-token/;

/** The words of a cloud's client that are no options and no options' values. */
const words = (call: Call): readonly (string | null)[] => call.operands.map((arg) => arg.value);

const aws = (call: Call): readonly Verdict[] => {
  const [service, verb, ...rest] = words(call);
  if (service === undefined || service === 'help' || verb === 'help') return [named.nothing];
  if (service === null || verb === null || verb === undefined)
    return [say('undecidable', 'gets its command only when it runs')];
  const more = [...call.args.map((arg) => arg.value ?? ''), ...rest.map((word) => word ?? '')];
  if (more.includes('--delete') && service === 's3') return [destroys];
  if (service === 's3') return [verb === 'ls' ? named.reads : removing.test(verb) ? destroys : named.remote];
  if (service === 'configure')
    return [
      rest.some((word) => /secret|token|key/.test(word ?? 'key'))
        ? named.secrets
        : /^(list|get|list-profiles)$/.test(verb)
          ? named.reads
          : named.writes,
    ];
  if (service === 'secretsmanager' && /^(put|update)/.test(verb))
    return [say('remoteDestroys', 'overwrites a secret')];
  if (verb === 'start-query-execution') {
    const sql = call.options.find((o) => o.name === '--query-string')?.value?.value;
    return sql ? sqlVerdicts(sql, 'any', call) : [named.unknown];
  }
  if (more.some((word) => /^--with-d/.test(word)) || secretive.test(verb)) return [named.secrets];
  if (verb === 'send-command' || verb === 'start-session') return [named.remote, ...hiddenCommands(call)];
  if (verb === 'wait') return [named.reads];
  if (removing.test(verb) || /^(admin-delete|delete|reset|cancel)/.test(verb)) return [destroys];
  if (/^(get-object|get-export|invoke)$/.test(verb)) return [named.writes];
  if (service === 'iam' && verb === 'generate-credential-report') return [named.reads];
  return [showing.test(verb) && !/^(detect-stack-set|test-)/.test(verb) ? named.reads : named.remote];
};

/** The verb stands somewhere among the nouns; a read needs one that shows and none that changes. */
const nouns =
  (verbs: RegExp) =>
  (call: Call): readonly Verdict[] => {
    const all = words(call);
    if (all.length === 0) return [named.nothing];
    if (all.some((word) => word === null)) return [say('undecidable', 'gets its command only when it runs')];
    const texts = (call.name === 'gcloud' && all[0] === 'run' ? all.slice(1) : all) as readonly string[];
    if (texts.some((word) => removing.test(word) || word === 'undelete')) return [destroys];
    if (texts.some((word) => secretive.test(word)) || call.args.some((arg) => isSecretPath(arg.value ?? '')))
      return [named.secrets];
    const at = texts.findIndex((word) => verbs.test(word));
    const isSecret = texts.some((word) => /^(secrets?|keyvault|credentials?|tokens?|passwords?)$/.test(word));
    // The first word names a part of the cloud, whatever it sounds like.
    if (at < 0 || texts.slice(0, at).some((word, i) => (i > 0 ? acting : changing).test(word)))
      return [named.remote, ...(texts.includes('ssh') ? hiddenCommands(call) : [])];
    return [isSecret && !/^list/.test(texts[at] ?? '') ? named.secrets : named.reads];
  };
const changing =
  /^(create|update|set|add|start|stop|restart|deploy|run|invoke|import|enable|disable|reset|attach|detach|patch|put|apply|publish|call|ssh|scp|reboot|scale|move|copy|upload|login|auth|init|components|config-set|configure-docker|print-access-token)$/;

/** The same with whatever it acts upon: `add-iam-policy-binding`. */
const acting =
  /^(add|adopt|approve|attach|assign|apply|cancel|clear|clone|connect|cordon|create|deallocate|deploy|detach|disable|disassociate|drain|enable|evict|exec|failover|flush|force|generalize|grant|import|insert|install|invoke|kill|login|logout|migrate|modify|move|patch|pause|perform|promote|publish|push|put|reboot|rebuild|recreate|redeploy|reimage|reload|rename|renew|repair|reset|resize|restart|restore|resume|revoke|rollback|rotate|run|scale|send|set|ssh|scp|shutdown|simulate|start|stop|submit|suspend|swap|switch|trigger|undo|unlock|unset|untag|update|upgrade|upload|write)(-|$)/;

const gcloudValues =
  '--project --region --zone --format --filter --account --configuration --impersonate-service-account --limit --sort-by --location --bucket --service --member --role --member --dns-name --message --resource-type --file --cluster';
const azValues =
  '-g --resource-group -n --name --subscription -o --output --query -l --location --account-name --account-key --container-name --vault-name --server --namespace-name --workspace-name --workspace --project -p --repository -r -c -t -s -d --wiql --team --publisher --offer --prefix --zone-name --topic-name --eventhub-name --analytics-query --resource --status --myserver --registry --image --id';

const terraform: Rule = {
  singleDash: true,
  values: '-chdir -var -var-file -target -out -state',
  turns: { '-version --version -help --help': 'nothing' },
  sub: {
    '': 'nothing',
    'version validate show output graph providers get-schema metadata console refresh test': 'reads',
    plan: { is: 'reads', singleDash: true, flags: { '-out -generate-config-out': 'writes' }, values: '-out' },
    state: { sub: { 'list show': 'reads', pull: 'secrets', rm: destroys, '*': 'remote' } },
    workspace: { sub: { 'list show': 'reads', delete: destroys, '*': 'writes' } },
    fmt: { is: 'writes', turns: { '-check': 'reads' }, singleDash: true },
    destroy: destroys,
    apply: { is: 'remote', singleDash: true, flags: { '-destroy': destroys } },
    '*': 'remote',
  },
};

const ghLists = 'list ls view status diff checks watch show get search check download trusted-root verify';
const gh: Rule = {
  values: '-R --repo --hostname',
  turns: { '--version --help': 'nothing' },
  sub: {
    '': 'nothing',
    'status search version help completion': 'reads',
    'pr issue repo run workflow release gist label project ruleset cache variable secret alias config org attestation extension codespace ssh-key gpg-key':
      {
        values: '-R --repo',
        sub: {
          '': 'nothing',
          [ghLists]: 'reads',
          'delete remove rm disable archive': destroys,
          '*': 'remote',
        },
      },
    auth: {
      sub: {
        status: { is: 'reads', flags: { '-t --show-token': 'secrets' } },
        token: 'secrets',
        '*': 'remote',
      },
    },
    api: {
      values:
        '-X --method -f -F --field --raw-field -H --header -q --jq -t --template --input --hostname --cache -p --preview',
      is: 'reads',
      flags: { '-f -F --field --raw-field --input': 'remote' },
      check: (call) =>
        call.options
          .flatMap((o) =>
            /^(-X|--method)$/.test(o.name) && o.value?.value !== 'GET'
              ? [o.value?.value === 'DELETE' ? destroys : named.remote]
              : [],
          )
          .concat(
            call.args.some((a) => /^-X(?!GET$)/.test(a.lead) && a.lead.length > 2) ? [named.remote] : [],
          ),
    },
    '*': 'remote',
  },
};

export const cloud: Family = {
  rules: {
    aws: {
      check: aws,
      values:
        '--profile --region --output --query --endpoint-url --cli-connect-timeout --cli-read-timeout --ca-bundle --color --query-string --name',
      turns: { '--version': 'nothing' },
    },
    gcloud: {
      check: nouns(
        /^(list|describe|get|get-value|get-iam-policy|read|show|search|help|version|info|list-.*|tail|get-ancestors|get-server-config|describe-.*)$/,
      ),
      values: gcloudValues,
      turns: { '--version --help': 'nothing' },
    },
    az: {
      check: nouns(
        /^(list|show|exists|list-.*|show-.*|query|version|get-.*|tail|download-batch-x|check-.*|display|find|help)$/,
      ),
      values: azValues,
      turns: { '--version --help -h': 'nothing' },
    },
    'gitlab-runner doctl linode-cli hcloud oci ibmcloud scw vultr-cli exo flyctl fly heroku vercel netlify railway render auth0 stripe twilio supabase firebase wrangler pulumi serverless sls sam cf circleci glab jira':
      {
        check: nouns(
          /^(list|ls|show|view|get|describe|info|status|logs|version|search|tail|diff|help|whoami|ps|validate|diagnostic|preview|about)$/,
        ),
        values: '--tenant -t --token --context --org --project -p --app -a --region -q --filter',
        turns: { '--version --help': 'nothing' },
      },
    'terraform tofu terragrunt': terraform,
    gh,
    cdk: {
      is: 'remote',
      noHelp: false,
      sub: {
        '': 'nothing',
        'list ls diff synth synthesize metadata docs doctor version context notices': {
          is: 'reads',
          flags: { '--reset --clear -e': 'writes', '-a --app': 'runsCode' },
          values: '-a --app --profile',
        },
        destroy: destroys,
        '*': 'remote',
      },
      values: '-a --app --profile',
    },
    packer: {
      sub: {
        '': 'nothing',
        'version validate inspect console': 'reads',
        'fmt fix init hcl2_upgrade': 'writes',
        '*': 'remote',
      },
      turns: { '--version -version': 'nothing' },
    },
    'ansible ansible-pull ansible-console ansible-test': {
      is: 'remote',
      check: hiddenCommands,
      values: '-i --inventory -m --module-name -a --args -u --user -l --limit -f --forks',
      plain: '-v -vv -vvv -o --one-line',
      turns: { '-h --help --version --list-hosts': 'reads' },
    },
    'ansible-playbook': {
      is: 'remote',
      turns: { '-h --help --version --syntax-check --list-tasks --list-hosts --list-tags': 'reads' },
    },
    'ansible-doc': 'reads',
    'ansible-inventory': {
      is: 'reads',
      values: '-i --inventory --output --host --limit -l',
      flags: { '--output': 'writes' },
      // An inventory that is a program is run.
      check: (call) =>
        call.options.some(
          (o) => /^(-i|--inventory)$/.test(o.name) && !/\.(ini|ya?ml|json)$|,$/.test(o.value?.value ?? ''),
        )
          ? [named.runsCode]
          : [],
    },
    'ansible-galaxy': {
      is: 'installs',
      sub: {
        'list info search': 'reads',
        'role collection': {
          is: 'installs',
          sub: {
            '': 'nothing',
            'list info search verify': 'reads',
            'remove delete': 'removes',
            '*': 'installs',
          },
        },
        '*': 'installs',
      },
    },
    'ansible-config': { sub: { '': 'nothing', 'list dump view validate': 'reads', '*': 'writes' } },
    'ansible-vault': { sub: { view: 'secrets', decrypt: 'secrets', '*': 'writes' } },
    'salt salt-call salt-ssh puppet chef-client knife pdsh pssh dsh clush fab mco bolt': {
      is: 'remote',
      noHelp: true,
      check: hiddenCommands,
    },
  },
  examples: {
    'read-only': [
      'aws ec2 describe-instances',
      'aws s3 ls',
      'gcloud compute instances list',
      'az vm list -o table',
      'terraform plan',
      'gh pr list',
      'aws --profile p sts get-caller-identity',
      'cdk diff',
    ],
    changes: [
      'aws s3 cp a s3://b',
      'gcloud compute instances start x',
      'az vm start -n x',
      'terraform apply',
      'gh pr create',
      'aws secretsmanager get-secret-value --secret-id x',
      'gh api -X POST x',
      'ansible-playbook x.yml',
      'gcloud config set project list',
    ],
    dangerous: [
      'aws ec2 terminate-instances --instance-ids x',
      'aws s3 rb s3://x',
      'gcloud compute instances delete list',
      'az group delete -n x',
      'terraform destroy',
      'aws ec2 "$x"',
      'gh repo delete x',
      'terraform apply -destroy',
    ],
  },
};
