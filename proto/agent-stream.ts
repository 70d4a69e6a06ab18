/**
 * The messages of `nerdyops/v1/agent.proto` as both ends see them, loaded with the options below. A test holds the
 * names here against the proto file.
 */
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { fromJSON, type Options } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

/** Of the protocol; see Hello.protocol_version. */
export const protocolVersion = 2;
/** The oldest that a server of this version still serves. */
export const protocolVersionMin = 1;

const options: Options = {
  keepCase: false,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
  arrays: true,
};

/** Both services, from the text of agent.proto: server and bundled agent get that text in different ways. */
export const loadServices = (
  protoText: string,
): { gateway: ServiceClientConstructor; enrolment: ServiceClientConstructor } => {
  const json = protobuf.parse(protoText, { keepCase: false }).root.toJSON();
  const loaded = loadPackageDefinition(fromJSON(json, options)) as unknown as {
    nerdyops: {
      v1: GrpcObject & { Gateway: ServiceClientConstructor; Enrolment: ServiceClientConstructor };
    };
  };
  return { gateway: loaded.nerdyops.v1.Gateway, enrolment: loaded.nerdyops.v1.Enrolment };
};

/** The service of the streams alone. */
export const loadGatewayService = (protoText: string): ServiceClientConstructor =>
  loadServices(protoText).gateway;

export type WirePlatform = 'PLATFORM_UNSPECIFIED' | 'PLATFORM_LINUX' | 'PLATFORM_MACOS' | 'PLATFORM_WINDOWS';
export type WireInterpreter = 'INTERPRETER_UNSPECIFIED' | 'INTERPRETER_BASH' | 'INTERPRETER_POWERSHELL';
export type WireStream = 'OUTPUT_STREAM_UNSPECIFIED' | 'OUTPUT_STREAM_STDOUT' | 'OUTPUT_STREAM_STDERR';
export type WireSpoolState =
  | 'SPOOL_STATE_UNSPECIFIED'
  | 'SPOOL_STATE_ACCEPTED'
  | 'SPOOL_STATE_STARTED'
  | 'SPOOL_STATE_FINISHED';
export type WireEnd =
  | 'FINISHED_END_UNSPECIFIED'
  | 'FINISHED_END_EXITED'
  | 'FINISHED_END_TIMED_OUT'
  | 'FINISHED_END_CANCELLED'
  | 'FINISHED_END_UNSTARTED'
  | 'FINISHED_END_LOST';
export type WireReason =
  | 'REASON_UNSPECIFIED'
  | 'REASON_SIGNATURE'
  | 'REASON_DOCUMENT'
  | 'REASON_LATE'
  | 'REASON_POLICY'
  | 'REASON_NO_SHELL'
  | 'REASON_SPOOL'
  | 'REASON_FAULT'
  | 'REASON_SYNTAX';

export interface WireShell {
  interpreter: WireInterpreter;
  version: string;
  path: string;
}
export interface WireFacts {
  platform: WirePlatform;
  arch: string;
  hostname: string;
  osVersion: string;
  kernel: string;
  privateIps: string[];
  shells: WireShell[];
  cpus: number;
  memoryBytes: number;
  agentVersion: string;
  /** Null from an agent that has none to tell of. */
  policy: WireLocalPolicy | null;
  cloud: WireCloud | null;
}
export interface WireCloud {
  provider: string;
  instanceId: string;
  instanceType: string;
  zone: string;
}
export type WirePolicyState =
  | 'POLICY_STATE_UNSPECIFIED'
  | 'POLICY_STATE_NONE'
  | 'POLICY_STATE_APPROVED'
  | 'POLICY_STATE_READ_ONLY'
  | 'POLICY_STATE_BROKEN';
export interface WireLocalPolicy {
  state: WirePolicyState;
  binding: boolean;
  user: string;
}
export interface WireSpoolRun {
  runId: Buffer;
  state: WireSpoolState;
}
export interface WireHello {
  protocolVersion: number;
  agentId: string;
  spoolId: string;
  bootId: string;
  facts: WireFacts | null;
  runs: WireSpoolRun[];
  localName: string;
  localLabels: Record<string, string>;
  pinnedKeyId: string;
  witness: WireAuditHead | null;
}
export interface WireAuditHead {
  serverId: string;
  seq: number;
  hash: Buffer;
  at: number;
  keyId: string;
  signature: Buffer;
}
export interface WireWitnessConflict {
  kept: WireAuditHead | null;
  shown: WireAuditHead | null;
}
export interface WireHeartbeat {
  cpuFraction: number;
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  diskUsedBytes: number;
  diskTotalBytes: number;
  load1: number;
  uptimeSeconds: number;
  disks: WireDisk[];
}
export interface WireDisk {
  mount: string;
  usedBytes: number;
  totalBytes: number;
}
export interface WireRunOnly {
  runId: Buffer;
}
export interface WireRefused {
  runId: Buffer;
  reason: WireReason;
  detail: string;
}
export interface WireOutput {
  runId: Buffer;
  stream: WireStream;
  offset: number;
  data: Buffer;
}
export interface WireFinished {
  runId: Buffer;
  end: WireEnd;
  exitCode: number;
  stdoutBytes: number;
  stderrBytes: number;
  stdoutCut: boolean;
  stdoutCutAt: number;
  stderrCut: boolean;
  stderrCutAt: number;
  endMissing: boolean;
  reason: WireReason;
  detail: string;
}
export interface WireRunOffsets {
  runId: Buffer;
  stdoutOffset: number;
  stderrOffset: number;
}
export interface WireWelcome {
  serverId: string;
  now: number;
  heartbeatIntervalMs: number;
  signingKey: Buffer;
  wanted: WireRunOffsets[];
  forgettableRunIds: Buffer[];
  successions: WireKeySuccession[];
  protocolVersion: number;
  agentVersion: string;
}
export interface WireKeySuccession {
  statement: Buffer;
  signature: Buffer;
}
export interface WireOrder {
  runId: Buffer;
  document: Buffer;
  signature: Buffer;
  script: Buffer;
}
export interface WireOutputAck {
  runId: Buffer;
  stream: WireStream;
  offset: number;
}
export interface WireDrain {
  reconnectWithinMs: number;
}

export interface WireChallenge {
  nonce: Buffer;
}
export interface WireChallengeReply {
  nonce: Buffer;
}

export interface WireJoinRequest {
  inviteId: string;
  secret: Buffer;
  csr: Buffer;
  name: string;
  facts: WireFacts | null;
  protocolVersion: number;
}
export interface WireJoinReply {
  agentId: string;
  name: string;
  labels: Record<string, string>;
  certificate: Buffer;
  caCertificate: Buffer;
  serverId: string;
  signingKey: Buffer;
}
export interface WireRenewRequest {
  csr: Buffer;
}
export interface WireRenewReply {
  certificate: Buffer;
  caCertificate: Buffer;
}

/** Exactly one field is set; `item` names it when received and is left out when sent. */
export type AgentItem = { item?: string } & (
  | { hello: WireHello }
  | { heartbeat: WireHeartbeat }
  | { accepted: WireRunOnly }
  | { refused: WireRefused }
  | { started: WireRunOnly }
  | { output: WireOutput }
  | { finished: WireFinished }
  | { witnessConflict: WireWitnessConflict }
  | { challengeReply: WireChallengeReply }
);
export type GatewayItem = { item?: string } & (
  | { welcome: WireWelcome }
  | { order: WireOrder }
  | { outputAck: WireOutputAck }
  | { finishedAck: WireRunOnly }
  | { cancel: WireRunOnly }
  | { drain: WireDrain }
  | { keySuccession: WireKeySuccession }
  | { auditHead: WireAuditHead }
  | { challenge: WireChallenge }
);
export interface AgentFrame {
  items: AgentItem[];
}
export interface GatewayFrame {
  items: GatewayItem[];
}
