import { hiddenCommands } from '../code.ts';
import { isWholeSystem, tidyPath } from '../paths.ts';
import type { Call, Family, Meaning, Rule } from '../rule.ts';
import { say } from '../verdicts.ts';

const has = (call: Call, pattern: RegExp): boolean => call.options.some((o) => pattern.test(o.name));

const runValues =
  '-e --env --env-file -v --volume --mount -p --publish --name -w --workdir -u --user --network --net --entrypoint -h --hostname --restart -m --memory --cpus -l --label --log-driver --log-opt --add-host --device --cap-add --cap-drop --security-opt --platform --pid --ipc --ulimit --tmpfs --health-cmd --gpus --pull --index --detach-keys --dns --link --shm-size --volumes-from --cidfile';

const execs = (is: Meaning): Rule => ({
  is,
  values: runValues,
  stopsAtOperand: true,
  noHelp: true,
  namesOnly: true,
  check: (call) => call.runs(call.operands.slice(1)),
});

/** Whether a mount gives a container the machine's own folders, or the socket by which it could start another. */
const mountsSystem = (mount: string): boolean => {
  const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(mount)?.[1] ?? mount.split(':')[0] ?? '';
  return (
    /docker\.sock|containerd\.sock|podman\.sock/.test(source) ||
    (source.startsWith('/') &&
      isWholeSystem(source) &&
      !/^\/(tmp|data|srv|opt|mnt|media|backup\w*)$/.test(tidyPath(source)))
  );
};

/** A container with the host's disk or all rights is the host. */
const runs: Rule = {
  ...execs(say('services', 'starts a container')),
  check: (call) => {
    const mounts = call.options.some(
      (o) => /^(-v|--volume|--mount)$/.test(o.name) && mountsSystem(o.value?.value ?? o.value?.lead ?? ''),
    );
    const owns =
      has(call, /^(--privileged|--device)$/) ||
      call.options.some(
        (o) =>
          o.name === '--cap-add' &&
          /^(cap_)?(all|sys_admin|sys_ptrace|sys_module|sys_rawio|dac_\w+)$/i.test(o.value?.value ?? 'all'),
      ) ||
      call.options.some(
        (o) => o.name === '--security-opt' && /unconfined|disable/.test(o.value?.value ?? ''),
      ) ||
      call.options.some(
        (o) =>
          /^--(pid|ipc|network|net|userns)$/.test(o.name) &&
          o.value?.value === 'host' &&
          o.name !== '--network' &&
          o.name !== '--net',
      );
    const inner = call.runs(call.operands.slice(1));
    return [
      ...(mounts || owns ? [say('opens', 'gives a container the rights of the machine')] : []),
      ...inner,
    ];
  },
};

const prunes = say('destroys', 'removes all that is not in use');
const objects: Readonly<Record<string, Meaning | Rule>> = {
  'ls list inspect history top stats logs port diff ps events df version info search show du get images config-list':
    'reads',
  prune: prunes,
  'rm remove rmi': 'deletes',
  exec: execs('services'),
  run: runs,
  'pull build': 'installs',
  'push login logout trust': 'sends',
  'cp export save import load commit tag create update rename': 'writes',
  '*': 'services',
};
const volumes = { ...objects, 'rm remove': say('destroys', 'removes a volume with its data') };

const compose: Rule = {
  values: '-f --file -p --project-name --profile --env-file --project-directory --ansi --progress --parallel',
  sub: {
    '': 'reads',
    'ps ls logs top images port version events config convert stats volumes': {
      is: 'reads',
      flags: { '-o --output': 'writes' },
      values: '-o --output -n --tail --since --format --filter',
    },
    down: {
      is: 'services',
      flags: { '-v --volumes': say('destroys', 'removes the volumes with their data'), '--rmi': 'deletes' },
    },
    rm: { is: 'deletes', flags: { '-v': 'destroys' } },
    exec: execs('services'),
    run: runs,
    'pull build': 'installs',
    push: 'sends',
    '*': 'services',
  },
};

export const containers: Family = {
  rules: {
    'docker podman nerdctl': {
      values:
        '-H --host -l --log-level --config --context -c --tlscacert --tlscert --tlskey --url --connection --root --namespace -n',
      turns: { '-v --version --help': 'nothing' },
      sub: {
        '': 'nothing',
        'ps images logs inspect stats top port diff history version info search events': {
          is: 'reads',
          values: '-f --filter --format -n --last --since --until --tail',
        },
        'container image network plugin service node stack swarm config secret context buildx builder trust manifest machine pod':
          { sub: { '': 'nothing', ...objects } },
        volume: { sub: { '': 'nothing', ...volumes } },
        system: { sub: { 'df info events': 'reads', prune: prunes, '*': 'destroys' } },
        compose,
        checkpoint: { sub: { ls: 'reads', '*': 'writes' } },
        rm: {
          is: 'deletes',
          flags: { '-v --volumes': 'destroys' },
          plain: '-f --force -l --link',
          // All that a question returns is more than anybody looked at.
          check: (call) =>
            call.operands.some((arg) => arg.value === null && /\$\(|`/.test(arg.text))
              ? [say('destroys', 'removes whatever another command lists')]
              : [],
        },
        rmi: 'deletes',
        exec: execs('services'),
        run: runs,
        'pull build': 'installs',
        'push login logout': 'sends',
        kill: 'kills',
        'cp export save import load commit tag create update rename': 'writes',
        '*': 'services',
      },
    },
    'docker-compose podman-compose': compose,
    crictl: {
      sub: {
        'ps pods images inspect inspectp inspecti logs stats info version': 'reads',
        'rm rmp rmi': 'deletes',
        exec: execs('services'),
        '*': 'services',
      },
    },
    'ctr buildah skopeo lxc lxd incus lxc-attach virsh multipass vagrant limactl runc': {
      is: 'services',
      noHelp: true,
      check: hiddenCommands,
      sub: {
        'list ls info inspect show version dominfo status': 'reads',
        'delete destroy undefine': 'destroys',
      },
    },
    'dive hadolint trivy grype': 'network',
  },
  examples: {
    'read-only': [
      'docker ps -a',
      'docker logs --tail 5 x',
      'docker inspect x',
      'docker compose ps',
      'docker volume ls',
      'docker system df',
      'docker -H tcp://localhost:2375 ps',
    ],
    changes: [
      'docker restart x',
      'docker run -d nginx',
      'docker exec x ls',
      'docker rm x',
      'docker compose up -d',
      'docker pull x',
      'podman stop x',
      'docker cp a x:/b',
      'docker run a --help',
    ],
    dangerous: [
      'docker system prune',
      'docker volume rm x',
      'docker exec x rm -rf /data',
      'docker run -v /:/host x',
      'docker run --privileged x',
      'docker compose down -v',
      'docker volume prune',
      'docker exec x sh -c "$y"',
    ],
  },
};
