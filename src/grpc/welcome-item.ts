import type { GatewayItem } from '../../proto/agent-stream.ts';
import { heartbeatMs } from '../core/limits.ts';
import type { Welcomed } from '../flow/greet.ts';
import { successionsFrom } from '../flow/keys.ts';
import type { Clock } from '../ports/clock.ts';
import type { Signer } from '../ports/signer.ts';
import { offsetsOf } from './output-wire.ts';

interface Parts {
  serverId: string;
  signer: Signer;
  clock: Clock;
  agentVersion: string;
}

/** @param spoken the protocol of the stream. @param pinnedKeyId the server key that the agent pinned, as its hello says. */
export const welcomeItem = (
  { serverId, signer, clock, agentVersion }: Parts,
  { wanted, forgettable }: Welcomed,
  { spoken, pinnedKeyId }: { spoken: number; pinnedKeyId: string },
): GatewayItem => ({
  welcome: {
    serverId,
    now: clock.now(),
    heartbeatIntervalMs: heartbeatMs,
    signingKey: signer.publicKey,
    wanted: wanted.map(offsetsOf),
    forgettableRunIds: forgettable.map((id) => Buffer.from(id, 'hex')),
    successions: [...successionsFrom(signer, pinnedKeyId)],
    protocolVersion: spoken,
    agentVersion,
  },
});
