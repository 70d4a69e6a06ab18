import { join } from 'node:path';
import { Counter } from '../../src/flow/counter.ts';
import type { Identities } from '../../src/grpc/doors.ts';
import { Gateway } from '../../src/grpc/gateway.ts';
import type { BookParts } from '../../src/grpc/session-book.ts';
import { protoText } from '../agent/fake-gateway.ts';
import { makeRig, type Rig, serverId } from '../flow/rig.ts';
import { TestAgent } from './test-agent.ts';

export type GatewayRig = Rig & Awaited<ReturnType<typeof addGateway>>;

/** What a gateway is made of, but for its doors. */
export const gatewayParts = (rig: Rig, identities: Identities | null = null): BookParts => {
  const { store, queue, dispatcher, check, reports, signer, clock, log } = rig;
  const agentVersion = '0.1.0';
  return { store, queue, dispatcher, check, reports, signer, serverId, clock, log, identities, agentVersion };
};

const addGateway = async (rig: Rig) => {
  const { store, dispatcher, redactor, signer, clock } = rig;
  const path = join(rig.dataDir, 'gateway.sock');
  const gateway = await rig.started(
    new Gateway({
      address: { kind: 'socket', path },
      protoText,
      parts: gatewayParts(rig),
      tls: null,
    }),
  );
  signer.onRotate((succession) => gateway.tellSuccession(succession));
  const postingSurfaces = new Set<string>();
  const { terms, seal, library } = rig;
  const parts = { store, terms, seal, dispatcher, postingSurfaces, redactor, library, clock };
  const desk = new Counter({ ...parts, links: gateway });
  const agents: TestAgent[] = [];
  const dispose = async (): Promise<void> => {
    for (const agent of agents) agent.cut();
    await rig.dispose();
  };
  /** A stream that has been opened and has said nothing. */
  const connect = (reads = true): TestAgent => {
    const agent = new TestAgent(`unix:${path}`, reads);
    agents.push(agent);
    return agent;
  };
  /** A stream that is open. */
  const connected = async (name: string): Promise<TestAgent> => {
    const agent = connect();
    await agent.hello(name);
    return agent;
  };
  return { gateway, desk, path, connect, connected, dispose };
};

/** The flow with a real gateway on a Unix socket, to which test agents connect. */
export const makeGatewayRig = async (...options: Parameters<typeof makeRig>): Promise<GatewayRig> => {
  const rig = await makeRig(...options);
  return { ...rig, ...(await addGateway(rig)) };
};
