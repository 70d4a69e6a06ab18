"""An agent in another language, written from docs/protocol.md: it joins, obeys signed orders, and reports.

It proves the protocol and is no product: its scripts end with it, it keeps whole outputs and no audit heads. What people's
machines depend on it keeps: nothing runs unsigned, nothing runs twice, what is accepted is on disk.

    agent.py --stubs DIR --data DIR --join TOKEN [--name NAME]     join over TLS, then run
    agent.py --stubs DIR --data DIR --socket PATH --name NAME      run on the local socket
"""
import argparse, base64, hashlib, json, os, queue, random, signal, socket, ssl, subprocess, sys, threading, time

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

TLS_NAME = 'gateway.nerdyops.internal'
CHUNK = 64 * 1024
WINDOW = 1024 * 1024


def say(**fields):
    print(json.dumps(fields), file=sys.stderr, flush=True)


def keep(path, data, mode=0o600):
    """Durable before it returns: the file is synced, then its directory."""
    with open(os.open(path + '.new', os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), 'wb') as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    os.replace(path + '.new', path)
    sync_directory(os.path.dirname(path))


def sync_directory(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


# 1. Joining


def read_token(token):
    text = token.removeprefix('nerdy-join_')
    version, address, ca, invite, secret = json.loads(base64.urlsafe_b64decode(text + '=' * (-len(text) % 4)))
    if version != 1:
        raise ValueError('this token is of another version')
    decode = lambda word: base64.urlsafe_b64decode(word + '=' * (-len(word) % 4))
    return address, decode(ca), invite, decode(secret)


def authority(address, fingerprint):
    """The certificate of the server's chain that the token vouches for. Nothing secret has been sent before."""
    host, port = address.rsplit(':', 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(['h2'])
    with socket.create_connection((host.strip('[]'), int(port)), 10) as plain:
        with context.wrap_socket(plain, server_hostname=TLS_NAME) as tls:
            # The public name of this came with Python 3.13.
            for certificate in tls._sslobj.get_unverified_chain():
                der = ssl.PEM_cert_to_DER_cert(certificate.public_bytes())
                if hashlib.sha256(der).digest() == fingerprint:
                    return der
    sys.exit('The server is not the one that the token is of. Nothing was sent to it.')


def pem(der):
    return ssl.DER_cert_to_PEM_cert(der).encode()


def channel_to(identity, data):
    if 'socket' in identity:
        return grpc.insecure_channel('unix:' + identity['socket'])
    credentials = grpc.ssl_channel_credentials(
        pem(base64.b64decode(identity['ca'])),
        open(os.path.join(data, 'key.pem'), 'rb').read() if 'certificate' in identity else None,
        pem(base64.b64decode(identity['certificate'])) if 'certificate' in identity else None,
    )
    options = [('grpc.ssl_target_name_override', TLS_NAME), ('grpc.default_authority', TLS_NAME)]
    return grpc.secure_channel(identity['address'], credentials, options)


def join(pb, stubs, data, token, name):
    address, fingerprint, invite, secret = read_token(token)
    ca = authority(address, fingerprint)
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    keep(os.path.join(data, 'key.pem'), private)
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    identity = {'address': address, 'ca': base64.b64encode(ca).decode()}
    with channel_to(identity, data) as channel:
        reply = stubs.EnrolmentStub(channel).Join(
            pb.JoinRequest(
                invite_id=invite, secret=secret, name=name, protocol_version=2, facts=facts(pb),
                csr=request.public_bytes(serialization.Encoding.DER),
            ),
            timeout=20,
        )
    identity.update(
        agentId=reply.agent_id, server=reply.server_id, name=reply.name,
        ca=base64.b64encode(reply.ca_certificate).decode(),
        certificate=base64.b64encode(reply.certificate).decode(),
        pin=base64.b64encode(reply.signing_key).decode(),
    )
    return identity


def facts(pb):
    bash = pb.Shell(interpreter=pb.INTERPRETER_BASH, version='5', path='/bin/bash')
    return pb.MachineFacts(
        platform=pb.PLATFORM_LINUX, arch=os.uname().machine, hostname=socket.gethostname(),
        os_version='Linux', kernel=os.uname().release, shells=[bash], cpus=os.cpu_count() or 1,
        memory_bytes=os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES'), agent_version='interop',
    )


# 4 and 5. Keys and orders


def key_id(spki):
    return hashlib.sha256(spki).hexdigest()[:32]


def is_signed(spki, purpose, data, signature):
    try:
        load_der_public_key(spki).verify(signature, purpose.encode() + b'\0' + data)
        return True
    except Exception:
        return False


def follow(pin, successions, wanted):
    """The key that the chain leads to from the pinned one; None where it doesn't lead to the wanted one."""
    for link in successions:
        statement = json.loads(link.statement)
        if statement['oldKeyId'] != key_id(pin):
            continue
        if not is_signed(pin, 'nerdyops key succession v1', link.statement, link.signature):
            return None
        pin = base64.b64decode(statement['newKey'])
    return pin if wanted is None or pin == wanted else None


def objection(pb, order, agent, now):
    """Why an order is refused, as (reason, detail); None where it is good."""
    document = order.document
    if not is_signed(agent.pin, 'nerdyops approval v1', document, order.signature):
        return pb.REASON_SIGNATURE, 'the signature is not of the pinned key'
    wrong = lambda detail: (pb.REASON_DOCUMENT, detail)
    try:
        d = json.loads(document)
        fits = d['v'] == 1 and d['keyId'] == key_id(agent.pin) and d['server'] == agent.identity['server']
        script, interpreter = order.script, d['script']['interpreter']
        digest = hashlib.sha256(interpreter.encode() + b'\0' + script).hexdigest()
        script.decode('utf-8')
    except Exception as error:
        return wrong(f'it can not be read: {error}')
    approval = hashlib.sha256(document).hexdigest()
    run_id = hashlib.sha256(approval.encode() + b'\0' + agent.id.encode()).digest()
    if not fits:
        return wrong('it is of another server or key')
    if agent.id not in d['agents'] or not d['decisions'] or len(set(d['agents'])) != len(d['agents']):
        return wrong('it does not name this agent')
    if order.run_id != run_id:
        return wrong('its run id is not the one of document and agent')
    if interpreter != 'bash' or digest != d['script']['digest'] or b'\0' in script or len(script) > CHUNK:
        return wrong('its script is not the approved one')
    if d['runAs'] not in (None, os.environ.get('USER', 'root')):
        return wrong('it is to run as another user')
    if now > d['runBy']:
        return pb.REASON_LATE, 'the time that was approved for starting it has passed'
    return None


# 2, 3, 6 and 7. The stream, runs, output


class Run:
    def __init__(self, directory):
        self.directory = directory
        self.acked = {'stdout': 0, 'stderr': 0}
        self.cancelled = threading.Event()

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        try:
            return open(self.path(name), 'rb').read()
        except FileNotFoundError:
            return None

    def end(self):
        text = self.read('exit')
        return None if text is None else json.loads(text)


class Agent:
    def __init__(self, pb, stubs, data, identity):
        self.pb, self.stubs, self.data, self.identity = pb, stubs, data, identity
        self.id = identity['agentId']
        self.pin = base64.b64decode(identity['pin']) if 'pin' in identity else None
        self.boot = open('/proc/sys/kernel/random/boot_id').read().strip()
        self.spool = os.path.join(data, 'spool')
        os.makedirs(self.spool, 0o700, exist_ok=True)
        self.runs = {name: Run(os.path.join(self.spool, name)) for name in os.listdir(self.spool)}
        self.clock = (0, 0.0)
        self.outbox = queue.Queue()

    def now(self):
        """The server's clock, by one of ours that nobody can set."""
        return self.clock[0] + (time.monotonic() - self.clock[1]) * 1000

    def trust(self, signing_key, successions):
        pin = signing_key if self.pin is None else follow(self.pin, successions, signing_key)
        if pin is None:
            sys.exit('The gateway signs with another key than the one this agent trusts, so it is not obeyed.')
        if pin != self.pin:
            self.pin = pin
            self.identity['pin'] = base64.b64encode(pin).decode()
            keep(os.path.join(self.data, 'identity.json'), json.dumps(self.identity).encode())

    def hello(self):
        state = lambda run: (
            self.pb.SPOOL_STATE_FINISHED if run.end()
            else self.pb.SPOOL_STATE_STARTED if os.path.exists(run.path('started'))
            else self.pb.SPOOL_STATE_ACCEPTED
        )
        return self.pb.Hello(
            protocol_version=2, agent_id=self.id, spool_id=self.identity['spoolId'], boot_id=self.boot, facts=facts(self.pb),
            runs=[self.pb.SpoolRun(run_id=bytes.fromhex(i), state=state(r)) for i, r in self.runs.items() if not r.read('buried')],
            local_name=self.identity['name'], pinned_key_id=key_id(self.pin) if self.pin else '',
        )

    def send(self, **item):
        self.outbox.put(self.pb.AgentFrame(items=[self.pb.AgentItem(**item)]))

    def connect(self):
        with channel_to(self.identity, self.data) as channel:
            self.outbox = outbox = queue.Queue()
            self.send(hello=self.hello())
            frames = self.stubs.GatewayStub(channel).Connect(iter(outbox.get, None))
            try:
                for frame in frames:
                    for item in frame.items:
                        self.received(item)
            finally:
                outbox.put(None)

    def received(self, item):
        kind = item.WhichOneof('item')
        if kind == 'welcome':
            self.welcome(item.welcome)
        elif kind == 'order':
            self.order(item.order)
        elif kind == 'challenge':
            self.send(challenge_reply=self.pb.ChallengeReply(nonce=item.challenge.nonce))
        elif kind == 'key_succession':
            self.trust(None, [item.key_succession])
        elif kind == 'finished_ack':
            self.bury(item.finished_ack.run_id.hex())
        elif kind == 'cancel' and item.cancel.run_id.hex() in self.runs:
            self.runs[item.cancel.run_id.hex()].cancelled.set()
        elif kind == 'output_ack':
            self.acknowledged(item.output_ack)

    def acknowledged(self, ack):
        run = self.runs.get(ack.run_id.hex())
        if run:
            name = 'stdout' if ack.stream == self.pb.OUTPUT_STREAM_STDOUT else 'stderr'
            run.acked[name] = max(run.acked[name], ack.offset)

    def welcome(self, welcome):
        self.identity.setdefault('server', welcome.server_id)
        self.trust(welcome.signing_key, welcome.successions)
        self.clock = (welcome.now, time.monotonic())
        threading.Thread(target=self.beat, args=(self.outbox, welcome.heartbeat_interval_ms / 1000), daemon=True).start()
        for run_id in welcome.forgettable_run_ids:
            self.bury(run_id.hex())
        for wanted in welcome.wanted:
            run = self.runs[wanted.run_id.hex()]
            run.acked = {'stdout': wanted.stdout_offset, 'stderr': wanted.stderr_offset}
            self.begin(wanted.run_id, run)

    def beat(self, outbox, every):
        while outbox is self.outbox:
            self.send(heartbeat=self.pb.Heartbeat(load1=os.getloadavg()[0]))
            time.sleep(every)

    def order(self, order):
        name = order.run_id.hex()
        if name not in self.runs:
            wrong = objection(self.pb, order, self, self.now())
            if wrong:
                say(refused=name, why=wrong[1])
                self.send(refused=self.pb.Refused(run_id=order.run_id, reason=wrong[0], detail=wrong[1]))
                return
            run = Run(os.path.join(self.spool, name))
            os.mkdir(run.directory, 0o700)
            keep(run.path('script'), order.script)
            keep(run.path('order'), json.dumps({'boot': self.boot, 'document': order.document.decode()}).encode())
            sync_directory(self.spool)
            self.runs[name] = run
            say(accepted=name)
        self.begin(order.run_id, self.runs[name])

    def begin(self, run_id, run):
        threading.Thread(target=self.report, args=(self.outbox, run_id, run), daemon=True).start()

    def report(self, outbox, run_id, run):
        """Starts the run unless it was claimed, then tells all that the gateway has not committed."""
        self.send(accepted=self.pb.Accepted(run_id=run_id))
        document = json.loads(json.loads(run.read('order'))['document'])
        try:
            os.close(os.open(run.path('started'), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            # Another thread's run, or one whose guardian died with an earlier life of this agent.
            if run.end() is None and not getattr(run, 'alive', False):
                keep(run.path('exit'), json.dumps({'end': 'FINISHED_END_LOST', 'code': 0}).encode())
        else:
            run.alive = True
            self.execute(run, document['limits'])
        while run.end() is None:
            time.sleep(0.05)
        if outbox is self.outbox:
            self.send(started=self.pb.Started(run_id=run_id))
        kept = {name: self.output(outbox, run_id, run, name) for name in ('stdout', 'stderr')}
        if outbox is not self.outbox:
            # Its stream was cut: the report that the next welcome began tells output before the end.
            return
        end = run.end()
        self.send(finished=self.pb.Finished(
            run_id=run_id, end=self.pb.FinishedEnd.Value(end['end']), exit_code=end['code'],
            stdout_bytes=kept['stdout'], stderr_bytes=kept['stderr'],
        ))

    def execute(self, run, limits):
        work = run.path('work')
        os.mkdir(work, 0o700)
        env = {'PATH': os.environ['PATH'], 'HOME': os.path.expanduser('~'), 'NERDY_RUN': os.path.basename(run.directory)}
        with open(run.path('stdout'), 'wb') as out, open(run.path('stderr'), 'wb') as err:
            child = subprocess.Popen(
                ['/bin/bash', '--noprofile', '--norc', run.path('script')],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=work, env=env, start_new_session=True,
            )
            end, until = 'FINISHED_END_EXITED', time.monotonic() + limits['timeoutMs'] / 1000
            while child.poll() is None:
                if run.cancelled.wait(0.02) or time.monotonic() > until:
                    end = 'FINISHED_END_CANCELLED' if run.cancelled.is_set() else 'FINISHED_END_TIMED_OUT'
                    os.killpg(child.pid, signal.SIGTERM)
                    try:
                        child.wait(limits['killGraceMs'] / 1000)
                    except subprocess.TimeoutExpired:
                        os.killpg(child.pid, signal.SIGKILL)
                        child.wait()
            for output in (out, err):
                os.fsync(output.fileno())
        code = child.returncode
        keep(run.path('exit'), json.dumps({'end': end, 'code': code if code >= 0 else 128 - code}).encode())

    def output(self, outbox, run_id, run, name):
        data = run.read(name) or b''
        stream = self.pb.OUTPUT_STREAM_STDOUT if name == 'stdout' else self.pb.OUTPUT_STREAM_STDERR
        offset = run.acked[name]
        while offset < len(data) and outbox is self.outbox:
            if offset - run.acked[name] >= WINDOW:
                time.sleep(0.01)
                continue
            piece = data[offset:offset + CHUNK]
            self.send(output=self.pb.Output(run_id=run_id, stream=stream, offset=offset, data=piece))
            offset += len(piece)
        return len(data)

    def bury(self, name):
        """The tombstone is the claim with its end; output is what is deleted."""
        run = self.runs.get(name)
        if run:
            keep(run.path('buried'), b'')
            for output in ('stdout', 'stderr'):
                if os.path.exists(run.path(output)):
                    os.remove(run.path(output))


def main():
    parser = argparse.ArgumentParser()
    for option in ('--stubs', '--data', '--socket', '--join', '--name'):
        parser.add_argument(option)
    args = parser.parse_args()
    sys.path.insert(0, args.stubs)
    import nerdyops.v1.agent_pb2 as pb
    import nerdyops.v1.agent_pb2_grpc as stubs

    os.makedirs(args.data, 0o700, exist_ok=True)
    path = os.path.join(args.data, 'identity.json')
    if os.path.exists(path):
        identity = json.load(open(path))
    else:
        own = lambda: {'socket': args.socket, 'agentId': 'python-' + os.urandom(8).hex(), 'name': args.name}
        identity = join(pb, stubs, args.data, args.join, args.name or socket.gethostname()) if args.join else own()
        identity['spoolId'] = 'spool-' + os.urandom(8).hex()
        keep(path, json.dumps(identity).encode())
    say(agent=identity['agentId'], name=identity['name'])
    agent, failures = Agent(pb, stubs, args.data, identity), 0
    while True:
        since = time.monotonic()
        try:
            agent.connect()
        except grpc.RpcError as error:
            say(ended=error.code().name, sentence=error.details())
        failures = 0 if time.monotonic() - since > 5 else failures + 1
        time.sleep(random.random() * min(30, 0.1 * 2 ** failures))


main()
