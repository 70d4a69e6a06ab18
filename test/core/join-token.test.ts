import { describe, expect, it } from 'vitest';
import { reachProblem } from '../../src/core/join-reach.ts';
import { type JoinToken, joinTokenPrefix, readJoinToken, writeJoinToken } from '../../src/core/join-token.ts';

const token: JoinToken = {
  address: 'nerdy.example.com:50051',
  caFingerprint: 'ab'.repeat(32),
  inviteId: 'c0ffee00-1111-2222-3333-444455556666',
  secret: Buffer.alloc(32, 7),
};

describe('a join token', () => {
  it('is read as it was written', () => {
    expect(readJoinToken(writeJoinToken(token))).toEqual(token);
  });

  it('is read with the blanks that copying adds', () => {
    expect(readJoinToken(`  ${writeJoinToken(token)}\n`)).toEqual(token);
  });

  it('that leads to this machine alone says so before it is carried elsewhere', () => {
    const leading = (address: string) => reachProblem(writeJoinToken({ ...token, address }))?.code ?? null;
    expect(['127.0.0.1:1', 'localhost:1', '[::1]:1'].map(leading)).toEqual(Array(3).fill('invite_loopback'));
    expect(['db:1', '10.0.0.1:1', '[fd00::1]:1', '1.127.0.1:1'].map(leading)).toEqual(Array(4).fill(null));
  });

  it('is one word that no shell changes', () => {
    expect(writeJoinToken(token)).toMatch(/^nerdy-join_[A-Za-z0-9_-]+$/);
  });

  it.each(['10.0.0.1:50051', '[fd00::1]:50051', 'db:1'])('may name the address %s', (address) => {
    expect(readJoinToken(writeJoinToken({ ...token, address }))?.address).toBe(address);
  });

  it.each([
    ['is empty', ''],
    ['has another prefix', writeJoinToken(token).replace('nerdy', 'other')],
    ['was cut', writeJoinToken(token).slice(0, -9)],
    ['is not JSON inside', `${joinTokenPrefix}${Buffer.from('nothing').toString('base64url')}`],
    [
      'is of another version',
      `${joinTokenPrefix}${Buffer.from('[9,"a:1","","x",""]').toString('base64url')}`,
    ],
    ['is endless', joinTokenPrefix + 'a'.repeat(10_000)],
    ['has a short secret', writeJoinToken({ ...token, secret: Buffer.alloc(4) })],
    ['has an address that a shell would read', writeJoinToken({ ...token, address: '$(id):1' })],
  ])('that %s is none', (_, text) => {
    expect(readJoinToken(text)).toBeNull();
  });
});
