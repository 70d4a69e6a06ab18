import type { Rule } from '../rule.ts';
import { isPlaceholder, looksRandom } from './placeholder.ts';

const accept = (secret: string): boolean => !isPlaceholder(secret);

/** Few addresses have somebody before an `@`, and looking for their beginning costs most of what all rules cost. */
const beforeAt = /:\/\/[^\s/?#"'<>]{1,701}@/;

/** Secrets on their way: in URLs and in headers. */
export const urlRules: readonly Rule[] = [
  {
    what: 'password',
    pattern: /([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@?#"'<>]{0,200}:)([^\s/?#"'<>]{1,500})(?=@)/gi,
    hint: beforeAt,
    accept,
  },
  {
    what: 'token',
    pattern: /([a-z][a-z0-9+.-]{1,30}:\/\/)([^\s/:@?#"'<>]{16,500})(?=@)/gi,
    hint: beforeAt,
    accept: (secret) => accept(secret) && looksRandom(secret, 16),
  },
  {
    what: (match) => (/password/i.test(match) ? 'password' : 'token'),
    pattern:
      /([?&;](?:x-(?:amz|goog)-(?:signature|credential|security-token)|[a-z_-]{0,30}token|[a-z_-]{0,20}secret|[a-z_-]{0,20}password|api[_-]?key|access[_-]?key|sig|signature|jwt|auth|code|key)=)([^\s&"'<>#;]{1,4096})/gi,
    hint: /[?&;][^\s=]{2,40}=/,
    accept: (secret, { text, from, start }) => {
      if (!accept(secret)) return false;
      const isVague = /^.(?:key|code|sig|signature|auth)=$/i.test(text.slice(from, start));
      return !isVague || looksRandom(secret, 16);
    },
  },
  {
    what: 'credentials',
    pattern:
      /((?<![\w-])(?:proxy-)?authorization["']?[ \t]{0,9}[:=][ \t]{0,9}["']?(?:(?:basic|bearer|digest|token|negotiate|ntlm|aws4-hmac-sha256|apikey)[ \t]{1,9})?)([^\s"'][^\r\n"']{0,4096})/gi,
    accept,
    until: 'line',
  },
  {
    what: 'token',
    pattern: /((?<![\w-])bearer[ \t]{1,9})([A-Za-z0-9._~+/-]{16,4096}={0,2})/gi,
    accept: (secret) => accept(secret) && looksRandom(secret, 16),
  },
  {
    what: 'cookies',
    pattern:
      /((?<![\w-])(?:set-)?cookie["']?[ \t]{0,9}:[ \t]{0,9}["']?)([^\s"'=;]{1,200}=[^\r\n"']{1,4096})/gi,
    accept: (secret) => !/^[^=]{1,200}=\[redacted/.test(secret),
    until: 'line',
  },
  {
    what: 'key',
    pattern:
      /((?<![\w-])x-(?:api-key|auth-token|auth-key|access-token|vault-token|amz-security-token|csrf-token|gitlab-token|hub-signature(?:-256)?)["']?[ \t]{0,9}:[ \t]{0,9}["']?)([^\s"'][^\r\n"']{0,4096})/gi,
    accept,
  },
];
