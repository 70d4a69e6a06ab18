import { hiddenCommands } from '../code.ts';
import type { Verdict } from '../effect.ts';
import { asksFar, changesNet, firewall, firewallCmd, ipVerdicts } from '../net.ts';
import { opensslVerdicts } from '../openssl.ts';
import type { Call, Family } from '../rule.ts';
import { named, say } from '../verdicts.ts';

/** Every word of `nmcli` may be shortened: what isn't a short form of showing changes something. */
const nmcliVerdicts = (call: Call): readonly Verdict[] => {
  const [object, verb, ...rest] = call.operands;
  if (!object) return [];
  if (object.value === null || verb?.value === null) return [changesNet];
  if (/^n/.test(object.value) && verb?.value === 'off') return [say('stops', 'takes the network down')];
  const isShown =
    verb === undefined ||
    /^(s|sh|sho|show|st|sta|stat|statu|status|l|li|lis|list|lldp|ch|che|chec|check|permissions|hostname|connectivity)$/.test(
      verb.value,
    );
  const isRadio =
    verb !== undefined &&
    /^(wifi|wwan|all)$/.test(verb.value) &&
    rest.every((arg) => /^(list|--.*|ifname)$/.test(arg.value ?? 'x'));
  const sets = verb?.value === 'hostname' && rest.length > 0;
  return (isShown && !sets) || isRadio ? [] : [changesNet];
};

/** Objects whose verb says whether they change. */
const onlyShows =
  (verbs: RegExp) =>
  (call: Call): readonly Verdict[] => {
    const [, verb] = call.operands.length > 1 ? call.operands : [undefined, call.operands[0]];
    return verb === undefined || verbs.test(verb.value ?? '') ? [] : [changesNet];
  };

export const network: Family = {
  rules: {
    ip: {
      check: ipVerdicts,
      singleDash: true,
      stopsAtOperand: true,
      values: '-n -netns --netns -f -family --family -l -loops -rc -rcvbuf',
      namesOnly: true,
      noHelp: false,
    },
    'ss netstat arp-scan-list nstat rtstat lnstat ifstat iftop nethogs vnstat bmon ethtool-list ipcalc sipcalc iwgetid':
      { is: 'reads', flags: { '-K --kill': 'kills', '-D --diag': 'writes' } },
    ifconfig: {
      is: 'reads',
      operands: { most: 1, beyond: changesNet },
      check: (call) =>
        call.operands.some((arg) => arg.value === 'down')
          ? [say('stops', 'takes the network down')]
          : call.args.length > 1 && call.args.some((a, i) => i > 0 && /^-[a-z]{2,}/.test(a.lead))
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
    'firewall-cmd': { check: firewallCmd },
    'iptables-save ip6tables-save ipset-save': {
      is: 'reads',
      flags: { '-f --file': 'writes', '-M --modprobe': 'runsCode' },
    },
    'iptables-restore ip6tables-restore': changesNet,
    'ping ping6 fping traceroute traceroute6 tracepath mtr host nslookup whois': asksFar(
      '-c -i -I -W -w -s -t -M -m -p -Q -T -h -H -q -f',
      '-p',
    ),
    arping: {
      ...asksFar('-c -I -i -w -s', ''),
      flags: { '-U -A': say('services', 'tells others new addresses') },
    },
    'dig kdig drill delv': { ...asksFar('-f -k -y -p -b -t -c -q', ''), flags: { '-f': 'sends' } },
    'nc ncat netcat socat': {
      is: 'sends',
      noHelp: true,
      values: '-p -s -w -i -q -e --exec -c --sh-exec --lua-exec -g -x -X -O -I',
      flags: { '-e --exec -c --sh-exec --lua-exec': say('undecidable', 'gives the network a shell') },
      check: (call) => [
        ...(call.operands.some((arg) => /^(exec|system|shell):/i.test(arg.lead))
          ? [say('undecidable', 'gives the network a program')]
          : []),
        ...hiddenCommands(call),
      ],
    },
    'telnet nmap masscan openvpn iperf iperf3 ngrok cloudflared tor hping3': 'sends',
    nmcli: {
      is: 'reads',
      values: '-f --fields -m --mode -c --colors -g --get-values -w --wait -e --escape',
      flags: { '-s --show-secrets': 'secrets' },
      check: nmcliVerdicts,
    },
    ethtool: {
      check: (call) =>
        call.options.length === 0 && call.operands.length === 1
          ? [named.reads]
          : call.options.length === 1 &&
              /^(-[ikgacSlxnuPTmde]|--(show-.*|driver|statistics|module-info|register-dump|eeprom-dump|version|help))$/.test(
                call.options[0]?.name ?? '',
              )
            ? [named.reads]
            : [changesNet],
    },
    iw: {
      is: changesNet,
      sub: {
        'list dev-list event features': 'reads',
        dev: {
          is: 'reads',
          check: onlyShows(/^(info|link|scan|dump|survey|station|get|power_save|dump-x)$/),
        },
        'phy reg': { is: 'reads', check: onlyShows(/^(info|get|show|channels)$/) },
      },
    },
    iwconfig: { is: 'reads', operands: { most: 1, beyond: changesNet } },
    brctl: { is: changesNet, sub: { 'show showmacs showstp': 'reads' } },
    'bridge tc': {
      check: (call) =>
        call.args.some((arg) => /^-(b|batch|force)/.test(arg.lead)) ? [changesNet] : ipVerdicts(call),
      stopsAtOperand: true,
      singleDash: true,
    },
    wg: {
      is: changesNet,
      sub: {
        '': 'reads',
        show: {
          is: 'reads',
          check: (call) =>
            call.operands.some((arg) => /key|^dump$/.test(arg.value ?? 'key')) ? [named.secrets] : [],
        },
        'showconf genkey genpsk': 'secrets',
      },
    },
    'wg-quick tunctl vconfig dhclient dhcpcd ifup': changesNet,
    ifdown: say('stops', 'takes the network down'),
    wpa_cli: { is: changesNet, sub: { 'status list_networks scan_results ping': 'reads' } },
    'ovs-vsctl ovs-ofctl ovs-appctl': { is: changesNet, sub: { 'show list* get dump*': 'reads' } },
    'tailscale zerotier-cli': {
      sub: { 'status ip netcheck version info listnetworks peers whois': 'reads', '*': changesNet },
    },
    openssl: {
      singleDash: true,
      check: opensslVerdicts,
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
    'ssh-keyscan': asksFar('-p -t -T -f', ''),
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
