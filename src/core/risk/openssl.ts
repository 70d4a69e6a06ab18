import type { Verdict } from './effect.ts';
import type { Call } from './rule.ts';
import { named, say } from './verdicts.ts';

/** What a call of openssl does: its subcommands write, make keys or load code by options of the same names. */
export const opensslVerdicts = (call: Call): readonly Verdict[] => {
  const [name = '', ...rest] = call.args.map((arg) => arg.value ?? '?');
  const has = (...words: string[]): boolean => rest.some((word) => words.includes(word.replace(/^--/, '-')));
  if (has('-engine', '-provider', '-provider-path', '-config', '-propquery', '-engine_impl', '-use_srtp'))
    return [named.runsCode];
  if (has(...writing.split(' '))) return [named.writes];
  if (/^(version|list|help|ciphers|errstr|rand|speed|prime)$/.test(name)) return [named.reads];
  if (/^(verify|asn1parse)$/.test(name)) return [named.reads];
  if (/^(x509|req|crl|ocsp|pkcs7|ec|rsa|pkey)$/.test(name))
    return has('-noout') &&
      !has('-new', '-newkey', '-url', '-host') &&
      !(/^(ec|rsa|pkey)$/.test(name) && has('-text'))
      ? [named.reads]
      : name === 'x509' &&
          call.stdin.kind !== 'none' &&
          !has('-in', '-signkey', '-req', '-CA', '-key', '-x509toreq', '-force_pubkey')
        ? [named.reads]
        : [say('unknown', 'may print or make keys')];
  if (name !== 's_client') return [say('unknown', 'may print, make or use keys')];
  // With nothing to send, it shakes hands and shows the certificate.
  const isSilent =
    call.stdin.kind === 'none' || (call.stdin.kind === 'text' && /^[\sQ]*$/.test(call.stdin.text));
  return [
    isSilent && !has('-proxy', '-cert', '-key')
      ? say('reads', 'asks a server for its certificate')
      : named.network,
  ];
};
const writing =
  '-out -keyout -signkey -writerand -CAcreateserial -signature-out -keylogfile -sess_out -msgfile -newcert -CAserial -respout -reqout -early_data';
