import type { Call, Family, Meaning, Rule } from '../rule.ts';
import { named, say } from '../verdicts.ts';

const changesNet = say('services', 'changes the network');
/** `ip` lets every word be shortened; what isn't a short form of showing changes something. */
const ipShows =
  /^(s|sh|sho|show|l|li|lis|list|ls|lst|get|g|help|save|mo|mon|moni|monit|monito|monitor|identify|pids|showdump|count)$/;

const ipVerdicts = (call: Call) => {
  const [object, verb] = call.operands;
  if (call.options.some((o) => /^-(b|batch|force|a|all)$/.test(o.name))) return [changesNet];
  if (!object) return [named.reads];
  if (object.value === null || verb?.value === null)
    return [say('undecidable', 'gets what to do only when it runs')];
  if (/^netns$/.test(object.value) && verb?.value === 'exec') return call.runs(call.operands.slice(3));
  if (/^vrf$/.test(object.value) && verb?.value === 'exec') return call.runs(call.operands.slice(3));
  if (verb === undefined || ipShows.test(verb.value)) return [named.reads];
  return [
    /^(f|fl|flu|flush)$/.test(verb.value) ||
    (/^(link|l)$/.test(object.value) && call.operands.some((a) => a.value === 'down'))
      ? say('stops', 'takes the network down')
      : changesNet,
  ];
};

const firewall = (lists: RegExp): Rule => ({
  check: (call) => {
    const words = call.args.map((arg) => arg.value ?? '?');
    if (
      words.some(
        (word) =>
          /^(-F|--flush|-X|--delete-chain|flush|--complete-reload|disable|reset|--panic-on)$/.test(word) ||
          /^-[a-zA-Z]*F$/.test(word),
      )
    )
      return [say('stops', 'drops the firewall’s rules')];
    if (words.some((word) => /^(-P|--policy)$/.test(word)))
      return [say('stops', 'changes what the firewall does by default')];
    return words.some((word) =>
      /^(-Z|--zero|-[ADIRNE]|--(append|delete|insert|replace|new-chain|rename-chain|add|remove|set|permanent|reload|runtime).*|add|delete|insert|replace|create|destroy|rename|restore|swap|-f|--file|allow|deny|reject|limit|enable|route|logging|default|-[a-zA-Z]*[ADIRNEXP][a-zA-Z]*)$/.test(
        word,
      ),
    )
      ? [changesNet]
      : words.some((word) => lists.test(word))
        ? [named.reads]
        : [changesNet];
  },
});

const asks = (values = ''): Rule | Meaning => ({
  is: say('reads', 'asks the network, sends nothing of this machine’s'),
  values,
  namesOnly: true,
});

export const network: Family = {
  rules: {
    ip: {
      check: ipVerdicts,
      singleDash: true,
      values: '-n -netns -f -family -l -loops -rc -rcvbuf -o-',
      namesOnly: true,
    },
    'ss netstat arp-scan-list nstat rtstat lnstat ifstat iftop nethogs vnstat bmon ethtool-list ipcalc sipcalc iwgetid':
      { is: 'reads', flags: { '-K --kill': 'kills', '-D --diag': 'writes' } },
    ifconfig: {
      is: 'reads',
      operands: { most: 1, beyond: changesNet },
      check: (call) =>
        call.args.length > 1 && call.args.some((a, i) => i > 0 && /^-[a-z]{2,}/.test(a.lead))
          ? [changesNet]
          : [],
    },
    'route arp': {
      is: 'reads',
      flags: { '-d -s -f --delete --set --file': changesNet },
      check: (call) =>
        call.operands.some((a) => /^(add|del|delete|change|flush)$/.test(a.value ?? 'add'))
          ? [changesNet]
          : [],
    },
    iptables: firewall(/^(-[a-zA-Z]*[LSC][a-zA-Z]*|--list|--list-rules|--check)$/),
    'ip6tables ebtables arptables': firewall(/^(-[a-zA-Z]*[LSC][a-zA-Z]*|--list|--list-rules|--check)$/),
    nft: firewall(/^(list|describe|monitor|-v)$/),
    ipset: firewall(/^(list|save|test|-L|-T)$/),
    ufw: firewall(/^(status|show|version)$/),
    'firewall-cmd': firewall(/^(--(list|get|info|query|state|version|zone).*)$/),
    'iptables-save ip6tables-save ipset-save': { is: 'reads', flags: { '-f --file': 'writes' } },
    'iptables-restore ip6tables-restore': changesNet,
    'ping ping6 fping arping traceroute traceroute6 tracepath mtr host nslookup whois': asks(),
    'dig kdig drill delv': asks('-f -k -y -p -b'),
    'nc ncat netcat telnet socat nmap masscan openvpn iperf iperf3 ngrok cloudflared tor hping3': 'sends',
    nmcli: {
      is: 'reads',
      values: '-f --fields -m --mode -c -g --get-values -w --wait',
      check: (call) =>
        call.operands.some(
          (a) =>
            a.value === null ||
            /^(up|down|add|del|delete|modify|mod|edit|on|off|connect|disconnect|reload|clone|import|set|hostname|reapply|wifi-list|hotspot|rescan|load|migrate)$/.test(
              a.value,
            ),
        )
          ? [changesNet]
          : [],
    },
    ethtool: {
      is: 'reads',
      flags: {
        '-s --change -K --features --offload -G --set-ring -A --pause -C --coalesce -L -E -f --flash --reset -r --negotiate -X -N -p':
          changesNet,
      },
    },
    'iw iwconfig brctl bridge tc wg wg-quick tunctl vconfig dhclient dhcpcd ifup ifdown wpa_cli ovs-vsctl': {
      is: changesNet,
      check: () => [],
      sub: { '': 'reads', 'show dev list link-show': 'reads' },
    },
    'tailscale zerotier-cli': {
      sub: { 'status ip netcheck version info listnetworks peers whois': 'reads', '*': changesNet },
    },
    openssl: {
      singleDash: true,
      check: (call) => opensslVerdicts(call),
    },
    certbot: { sub: { 'certificates show_account': 'reads', '*': 'writes' } },
    'gpg gpg2': {
      is: 'writes',
      turns: {
        '--list-keys -k --fingerprint --verify --list-packets --version': 'reads',
        '--export-secret-keys -d --decrypt --list-secret-keys -K': 'secrets',
      },
    },
    'ssh-keygen': { is: 'writes', turns: { '-l -F': 'reads' }, values: '-f -t -b -C -N -P' },
    'ssh-copy-id ssh-add ssh-agent': 'permissions',
    'ssh-keyscan': asks(),
    keytool: { is: 'writes', singleDash: true, turns: { '-list -printcert -printcertreq': 'reads' } },
  },
  examples: {
    'read-only': [
      'ip a',
      'ip addr show',
      'ss -tlnp',
      'ifconfig eth0',
      'iptables -L -n',
      'ping -c 1 a',
      'dig a.com',
      'openssl x509 -noout -text -in a.pem',
      'nmcli dev status',
      'route -n',
      'ip -br -4 addr',
      'ufw status',
    ],
    changes: [
      'ip link set eth0 up',
      'ip route add 1.1.1.1 via 2.2.2.2',
      'iptables -A INPUT -j DROP',
      'ifconfig eth0 1.1.1.1 netmask 2',
      'nc a 80',
      'openssl genrsa -out k',
      'ip netns exec a touch b',
      'ss -K dst 1.1.1.1',
      'arp -d x',
      'nmcli con up x',
    ],
    dangerous: [
      'iptables -F',
      'ip link set eth0 down',
      'ip addr flush dev eth0',
      'nft flush ruleset',
      'ip "$x" y',
      'ufw disable',
    ],
  },
};

const opensslVerdicts = (call: Call) => {
  const [name, ...rest] = call.args.map((arg) => arg.value ?? '?');
  const has = (word: string): boolean => rest.includes(word);
  const writes =
    has('-out') ||
    has('-keyout') ||
    has('-signkey') ||
    has('-writerand') ||
    has('-CAcreateserial') ||
    has('-signature-out');
  if (writes) return [named.writes];
  if (name === 'version' || name === 'list' || name === 'help' || name === 'ciphers' || name === 'errstr')
    return [named.reads];
  if (/^(x509|req|crl|verify|asn1parse|dgst|sha\d+|md5|ocsp|pkcs7)$/.test(name ?? ''))
    return /^(verify|asn1parse)$/.test(name ?? '') || has('-noout')
      ? [named.reads]
      : [say('unknown', 'may print or make keys')];
  return name === 's_client' ? [named.network] : [say('unknown', 'may print, make or use keys')];
};
