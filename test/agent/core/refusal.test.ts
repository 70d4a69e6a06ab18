import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { removedRetryMs, suspendedRetryMs } from '../../../agent/src/core/limits.ts';
import { refusalOf } from '../../../agent/src/core/refusal.ts';

const server = 'server:7443';

describe('the end of a stream', () => {
  test.each([
    [status.UNAUTHENTICATED, 'removed', removedRetryMs],
    [status.PERMISSION_DENIED, 'suspended', suspendedRetryMs],
  ])('with status %i is a refusal in the server’s own words', (code, kind, retryMs) => {
    expect(refusalOf(code, 'Why.', server)).toEqual({ kind, sentence: 'Why.', retryMs });
    expect(refusalOf(code, '', server)?.sentence).toContain(server);
  });

  test.each([
    ['self-signed certificate in certificate chain', 'untrusted', /Somebody may stand between/],
    ['certificate signature failure', 'untrusted', /Somebody may stand between/],
    ["Hostname/IP does not match certificate's altnames", 'untrusted', /Somebody may stand between/],
    ['certificate has expired', 'clock', /Check this machine's clock first/],
    ['certificate is not yet valid', 'clock', /Check this machine's clock first/],
  ])('because of "%s" says what that may mean', (details, kind, pattern) => {
    expect(refusalOf(status.UNAVAILABLE, details, server)).toMatchObject({
      kind,
      sentence: expect.stringMatching(pattern),
    });
  });

  test.each([
    [status.UNAVAILABLE, 'connect ECONNREFUSED 127.0.0.1:1'],
    [status.UNAVAILABLE, 'ssl/tls alert certificate unknown: alert number 46'],
    [status.RESOURCE_EXHAUSTED, 'Too many hellos.'],
    [status.INTERNAL, ''],
  ])('with status %i and "%s" is none: the next try may do', (code, details) => {
    expect(refusalOf(code, details, server)).toBeNull();
  });
});
