import type { Verdict } from '../effect.ts';
import { writeTo } from '../redirection.ts';
import type { Call, Family } from '../rule.ts';
import { named, say } from '../verdicts.ts';

const loopback = /^(https?:\/\/)?(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?([/?#][^@]*)?$/i;
const curlValues =
  '-A -b -c -C -d -D -e -E -F -H -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z --user-agent --cookie --cookie-jar --continue-at --data --data-raw --data-binary --data-ascii --data-urlencode --json --dump-header --referer --cert --form --form-string --header --config --max-time --output --ftp-port --quote --postquote --prequote --range --telnet-option --upload-file --user --proxy-user --write-out --proxy --request --speed-time --speed-limit --time-cond --connect-timeout --retry --retry-delay --retry-max-time --resolve --cacert --capath --key --interface --url --url-query --limit-rate --max-redirs --ciphers --mail-from --mail-rcpt --trace --trace-ascii --stderr --output-dir --netrc-file --oauth2-bearer --unix-socket --connect-to --proto --noproxy --etag-save --etag-compare --hsts --alt-svc --request-target --aws-sigv4 --variable --expand-url --libcurl --dns-servers --socks5 --engine --pass --preproxy --remote-time-';
const curlSends =
  /^(-d|--data.*|-F|--form.*|-T|--upload-file|--json|-Q|--quote|--postquote|--prequote|--mail-.*|-t|--telnet-option|--expand-data|--url-query)$/;
const curlWrites =
  /^(-o|--output|-c|--cookie-jar|-D|--dump-header|--trace|--trace-ascii|--stderr|--etag-save|--hsts|--alt-svc|--libcurl)$/;
const curlPlain =
  /^(-[sSfLkIivgqNG0123467#jlnR]|--(silent|show-error|fail|fail-with-body|location|insecure|head|include|verbose|globoff|get|compressed|no-buffer|ipv4|ipv6|http[\d.]+|max-time|connect-timeout|retry.*|write-out|header|user-agent|progress-bar|no-progress-meter|resolve|cacert|noproxy|url|request|limit-rate|output|unix-socket|path-as-is|tlsv[\d.]+|raw|show-headers|range)|-[mwHAXoru])$/;

const curlVerdicts = (call: Call): readonly Verdict[] => {
  const found: Verdict[] = [];
  const urls = [
    ...call.operands,
    ...call.options.flatMap((o) => (o.name === '--url' && o.value ? [o.value] : [])),
  ];
  let isPlain =
    urls.length > 0 &&
    urls.every(
      (url) => url.value !== null && loopback.test(url.value) && !/[{[]/.test(url.value.replace('[::1]', '')),
    );
  for (const { name, value } of call.options) {
    const text = value?.value ?? value?.lead ?? '';
    const inMethod = (name === '-X' || name === '--request') && !/^(GET|HEAD|OPTIONS)$/.test(text);
    if (inMethod) found.push(/^delete$/i.test(text) ? named.remoteDestroys : named.sends);
    if (curlSends.test(name)) found.push(named.sends);
    if (curlWrites.test(name) && value && text !== '-' && text !== '%') found.push(...writeTo(value));
    if (/^(-O|--remote-name.*|-J|--remote-header-name|--output-dir|--create-dirs)$/.test(name))
      found.push(named.writes);
    if (name === '-K' || name === '--config') found.push(named.runsCode);
    if (
      /^(-u|--user|-n|--netrc.*|-E|--cert|--key|--oauth2-bearer|-b|--cookie|-x|--proxy|--connect-to|--location-trusted|--socks.*|--preproxy)$/.test(
        name,
      )
    )
      isPlain = false;
    if (!curlPlain.test(name) && !curlWrites.test(name)) isPlain = false;
    if (/^(-H|--header|-w|--write-out)$/.test(name) && (value?.lead ?? '').startsWith('@')) isPlain = false;
    if (/^(-w|--write-out)$/.test(name) && /%output\{/.test(text)) found.push(named.writes);
    if (name === '--resolve' || name === '-L' || name === '--location') isPlain = false;
  }
  if (
    urls.some((url) =>
      /\/do(Delete|WipeOut|Kill|Restart)\b|[?&](action|op|cmd)=(delete|drop|destroy)|\/_delete_by_query\b/i.test(
        url.value ?? '',
      ),
    ) &&
    found.length > 0
  )
    found.push(named.remoteDestroys);
  if (urls.some((url) => /^file:/i.test(url.lead))) found.push(named.secrets);
  if (!isPlain && call.args.length > 0) found.push(named.network);
  return found.length > 0 ? found : [named.reads];
};

const has = (call: Call, pattern: RegExp): boolean => call.options.some((o) => pattern.test(o.name));

const rsyncVerdicts = (call: Call): readonly Verdict[] => {
  const command = call.options.find((o) => /^(-e|--rsh|--rsync-path)$/.test(o.name))?.value;
  const ran = command ? (command.value === null ? [named.undecidable] : call.runsText(command.value)) : [];
  const target = call.operands.at(-1);
  const far = call.operands.some((arg) => /^[^/]*:/.test(arg.value ?? arg.text)) ? [named.network] : [];
  const logs = call.options
    .filter((o) => /^(--log-file|--write-batch|--only-write-batch)$/.test(o.name))
    .flatMap((o) => (o.value ? writeTo(o.value) : [named.writes]));
  if (has(call, /^(-n|--dry-run|--list-only)$/))
    return [...(far.length ? far : [named.reads]), ...ran, ...logs];
  if (has(call, /^--(del|delete.*|remove-source-files)$/))
    return [say('destroys', 'deletes what the other side does not have'), ...ran];
  return [...far, ...(target ? writeTo(target) : []), named.writes, ...ran];
};

/** A health check of this machine: asks itself, and keeps nothing. */
const asksLoopback = (call: Call): boolean =>
  call.operands.length > 0 &&
  call.operands.every((arg) => loopback.test(arg.value ?? '') && !arg.text.includes('{')) &&
  call.options.every((o) =>
    /^(-q|--quiet|-S|--server-response|-T|--timeout|-t|--tries|--spider|-nv|-n|-v|-O|--output-document)$/.test(
      o.name,
    ),
  ) &&
  call.options.some(
    (o) =>
      o.name === '--spider' ||
      (/^(-O|--output-document)$/.test(o.name) && /^(-|\/dev\/null)$/.test(o.value?.value ?? '')),
  );

export const transfer: Family = {
  rules: {
    'curl curlie': {
      check: curlVerdicts,
      values: curlValues,
      plain:
        '--silent --show-error --fail --location --insecure --head --include --verbose --get --compressed --remote-name --remote-name-all --location-trusted --netrc --netrc-optional',
      turns: { '-V --version -h --help -M --manual': 'nothing' },
    },
    'wget wget2 aria2c axel lwp-download': {
      values:
        '-O --output-document -o --output-file -a -P --directory-prefix -t -T -U --user-agent --header --post-data --post-file --body-data --method -e --execute -i -Q -w -l -A -R -D --use-askpass',
      flags: {
        '--post-data --post-file --body-data --body-file --method': 'sends',
        '--use-askpass --use-server-timestamps-': 'runsCode',
      },
      turns: { '--version -V --help -h': 'nothing' },
      check: (call) => [
        ...(asksLoopback(call) ? [named.reads] : [say('writes', 'downloads a file'), named.network]),
        ...call.options.flatMap((o) =>
          o.name === '--method' && /^delete$/i.test(o.value?.value ?? 'delete') ? [named.remoteDestroys] : [],
        ),
        ...call.options.flatMap((o) =>
          /^(-O|--output-document|-o|--output-file|-a)$/.test(o.name) && o.value && o.value.value !== '-'
            ? writeTo(o.value)
            : [],
        ),
      ],
    },
    'http https xh httpie': 'sends',
    'scp sftp rcp': {
      is: 'sends',
      values: '-o -S -i -P -F -c -l -J -b -D -X',
      check: (call) =>
        call.options.flatMap(({ name, value }) => {
          const text = value?.value ?? value?.lead ?? '';
          if (name === '-S') return [named.undecidable];
          const match = /^(proxycommand|localcommand|knownhostscommand)[=\s](.*)$/is.exec(text);
          return name === '-o' && match
            ? [say('undecidable', 'lets ssh run a command'), ...call.runsText(match[2] ?? '')]
            : [];
        }),
    },
    rsync: {
      check: rsyncVerdicts,
      values:
        '-e --rsh --rsync-path -f --filter --exclude --include --exclude-from --include-from --files-from -B --log-file --bwlimit --port --password-file --backup-dir --suffix -T --temp-dir --max-size --min-size --chmod --chown --timeout',
      plain:
        '--del --delete --delete-after --delete-before --delete-during --delete-delay --delete-excluded --delete-missing-args --dry-run --archive --recursive --verbose --stats --compress --progress --partial',
    },
    'ftp lftp tftp mail mailx sendmail mutt msmtp swaks s3cmd s5cmd mc gsutil': {
      is: 'sends',
      sub: { 'ls du info stat cat': 'network', 'rb rm del delete': 'remoteDestroys' },
    },
    rclone: {
      sub: {
        'ls lsl lsd lsf lsjson about size check version listremotes tree md5sum hashsum': 'network',
        'sync purge delete deletefile rmdir rmdirs cleanup move moveto dedupe': 'remoteDestroys',
        cat: 'network',
        '*': 'remote',
      },
      values: '--config',
    },
    restic: {
      values: '-r --repo -p --password-file',
      sub: {
        'snapshots ls stats find diff check version dump cat list': 'network',
        'forget prune rewrite': 'remoteDestroys',
        '*': 'remote',
      },
    },
    'borg borgmatic': {
      values: '-r --repo --remote-path',
      sub: {
        'list info check diff version': 'reads',
        extract: 'writes',
        'delete prune compact repo-delete rdelete': 'remoteDestroys',
        '*': 'writes',
      },
    },
    'duplicity rdiff-backup rsnapshot': 'remote',
  },
  examples: {
    'read-only': [
      'curl localhost/health',
      'curl -sS -m 5 http://127.0.0.1:8080/status',
      'curl -s -o /dev/null -w "%{http_code}" http://localhost:80/',
      'rsync -n a b',
      'curl --version',
    ],
    changes: [
      'curl https://a.com',
      'curl -d x localhost',
      'curl -o f localhost',
      'curl localhost@evil.com/',
      'curl -sL http://localhost/',
      'wget a.com',
      'wget -qO- a.com',
      'scp a b:',
      'rsync a b:',
      'curl -s http://localhost.evil.com',
      'curl "localhost/$x"',
      'curl -K x',
      'curl -T f localhost',
      'curl -XPOST localhost',
      'curl --js {} localhost',
    ],
    dangerous: [
      'curl -X DELETE localhost:9200/a',
      'rsync -a --delete a/ b/',
      'rsync -e "rm -rf x" a b:',
      'rclone purge r:b',
      'restic forget x',
      'curl -o /etc/passwd a.com',
      'scp -oProxyCommand=x a b:',
    ],
  },
};
