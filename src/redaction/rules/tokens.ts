import type { Rule } from '../rule.ts';

/** Not in the middle of a word. */
const b = '(?<![A-Za-z0-9_])';
/** Not followed by more of the same. */
const e = '(?![A-Za-z0-9])';
const of = (what: string, source: string, hint?: RegExp): Rule => ({
  what,
  pattern: new RegExp(source, 'g'),
  ...(hint ? { hint } : {}),
});
const mixes = (secret: string): boolean => /\d/.test(secret) && /[A-Za-z]/.test(secret);

/**
 * Keys and tokens that are known by their look. The formats are the vendors' own, as published by them and as collected
 * by the rules of gitleaks and secretlint; what the preset of the latter finds anyway stands here only where it asks for
 * more than a shown token may have.
 */
export const tokenRules: readonly Rule[] = [
  of('NerdyOps join token', `${b}nerdy-join_[A-Za-z0-9_-]{20,4000}`),
  of('AWS access key', `${b}(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])`),
  of('Google API key', `${b}AIza[A-Za-z0-9_-]{35}${e}`),
  of('Google token', `${b}(?:ya29\\.[A-Za-z0-9_-]{20,1024}|GOCSPX-[A-Za-z0-9_-]{20,64})`),
  of('GitHub token', `${b}(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255})`),
  of('GitLab token', `${b}gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[A-Za-z0-9_.-]{18,300}`),
  of('Slack token', `${b}(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,255}`),
  of('Discord token', `${b}[MNO][A-Za-z0-9_-]{23,25}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}${e}`),
  of('Telegram token', `(?<![A-Za-z0-9])\\d{8,10}:AA[A-Za-z0-9_-]{33}${e}`),
  of('API key', `${b}sk-(?:ant-|proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,255}`),
  of('Stripe key', `${b}(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,255}`),
  of('Hugging Face token', `${b}hf_[A-Za-z0-9]{30,64}${e}`),
  of('npm token', `${b}npm_[A-Za-z0-9]{36}${e}`),
  of('PyPI token', `${b}pypi-AgE[A-Za-z0-9_-]{50,1024}`),
  of('DigitalOcean token', `${b}do[opr]_v1_[a-f0-9]{64}${e}`),
  of('Docker token', `${b}(?:dckr_[po]at_[A-Za-z0-9_-]{20,64}|SWMTKN-1-[a-z0-9]{20,64}-[a-z0-9]{20,32})`),
  of('Vault token', `${b}hv[bsr]\\.[A-Za-z0-9_-]{24,512}`),
  of('SendGrid key', `${b}SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}${e}`),
  of('Mailgun key', `${b}key-[a-f0-9]{32}${e}`),
  { ...of('Twilio key', `${b}SK[a-f0-9]{32}${e}`), accept: mixes },
  of('Databricks token', `${b}dapi[a-f0-9]{32}(?:-\\d)?${e}`),
  of('Grafana token', `${b}(?:glsa|glc)_[A-Za-z0-9_+/=]{30,400}`),
  of('Tailscale key', `${b}tskey-[a-z]{1,16}-[A-Za-z0-9-]{16,128}`),
  of('Shopify token', `${b}shp(?:pa|ca|at|ss)_[A-Za-z0-9]{32,64}${e}`),
  of('New Relic key', `${b}NRAK-[A-Z0-9]{27}${e}`),
  of('Terraform token', `${b}[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,80}`),
  of('cloud key', `${b}(?:LTAI[A-Za-z0-9]{20,24}|AKID[A-Za-z0-9]{32})${e}`),
  of('age key', `${b}AGE-SECRET-KEY-1[A-Z0-9]{40,80}`),
  of(
    'JSON Web Token',
    `${b}ey[JI][A-Za-z0-9_-]{10,4000}\\.ey[A-Za-z0-9_-]{6,4000}(?:\\.[A-Za-z0-9_-]{0,4000})?`,
    /\.ey/,
  ),
  {
    // The four ways in which the base64 of "-----BEGIN … PRIVATE KEY" goes on: as in Kubernetes' secrets and kubeconfig.
    what: 'private key',
    pattern:
      /LS0tLS1CRUdJTi(?:BQUklWQVRFI|BSU0EgUFJJVkFUR|BFQyBQUklWQVRFI|BPUEVOU1NIIFBSSVZBVE|BFTkNSWVBURUQgUFJJVkFUR|BEU0EgUFJJVkFUR)[A-Za-z0-9+/=]{0,4000}/g,
  },
  {
    what: 'Slack webhook',
    pattern: /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)([A-Za-z0-9_/-]{10,200})/g,
  },
  {
    what: 'Discord webhook',
    pattern: /(discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)(\d{5,25}\/[A-Za-z0-9_-]{20,120})/g,
  },
  {
    what: 'Teams webhook',
    pattern: /(\.webhook\.office\.com\/webhookb2\/)([A-Za-z0-9@/_-]{20,300})/g,
  },
  {
    // crypt(5) as in /etc/shadow, htpasswd's apr1, bcrypt, argon2, and PostgreSQL's SCRAM verifiers.
    what: 'password hash',
    pattern:
      /\$(?:[156]|2[abxy]?|apr1|y|gy|7|sha1|md5|argon2(?:id|i|d)|scrypt|pbkdf2[a-z0-9-]{0,10})\$[A-Za-z0-9./$=,+_-]{12,300}|SCRAM-SHA-256\$\d{3,7}:[A-Za-z0-9+/=]{8,64}\$[A-Za-z0-9+/=:]{20,200}|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,200}/g,
    hint: /[$}]/,
    accept: (secret) => !/^\$[0-9a-z]+\$[.x*]+$/i.test(secret),
  },
];
