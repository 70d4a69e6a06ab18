import { join } from 'node:path';
import { Counter } from '../../src/flow/counter.ts';
import { Gateway } from '../../src/grpc/gateway.ts';
import { protoText } from '../agent/fake-gateway.ts';
import { makeRig, type Rig, serverId } from '../flow/rig.ts';
import { TestAgent } from './test-agent.ts';

export type GatewayRig = Rig & Awaited<ReturnType<typeof addGateway>>;

const addGateway = async (rig: Rig) => {
  const { store, queue, dispatcher, check, reports, redactor, signer, clock, log } = rig;
  const path = join(rig.dataDir, 'gateway.sock');
  const gateway = await rig.started(
    new Gateway({
      address: { kind: 'socket', path },
      protoText,
      queue,
      log,
      parts: { store, dispatcher, check, reports, signer, serverId, clock, log },
    }),
  );
  signer.onRotate((succession) => gateway.tellSuccession(succession));
  const postingSurfaces = new Set<string>();
  const { terms, seal } = rig;
  const desk = new Counter({ store, terms, seal, dispatcher, links: gateway, postingSurfaces, redactor });
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
