"""The process that runs a program on inputs, one after another, and reports what it writes.

Expected outputs are not known in the sandbox: the comparison is made outside.
"""

import os
import select
import signal
import sys
import time
import types

from candidate import LINE, compiled
from wire import receive, send


class Cases:
    def __init__(self, header, program, filters):
        self.filters = filters
        self.header = header
        self.program = program
        self.command = program.get("command")

    def write_program(self):
        path = os.path.join(os.getcwd(), "main" + self.program["extension"])
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(self.program["completion"])
        return path

    def case(self, text, command):
        """Runs the program on `text`: its output, cut at the limit, and why it is no good ("" when it is)."""
        # Once unlinked, the file that holds the input has no name left.
        source = open(os.path.join(os.getcwd(), ".input"), "w+b")
        os.unlink(source.name)
        source.write(text.encode("utf-8", "surrogatepass"))
        source.seek(0)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self.become_program(source.fileno(), writer, command)
            finally:
                os._exit(1)
        os.close(writer)
        source.close()
        output, why = self.collect(reader, time.monotonic() + self.header["seconds"])
        os.close(reader)
        status = None if why else self.wait(child)
        # The child leads a session of its own; what leaves that is killed with the sandbox's other processes.
        kill_group(child)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            why = why or "it closed its output and did not end"
        elif status < 0:
            why = f"killed by signal {-status}"
        elif status > 0:
            why = f"exit status {status}"
        return output, why

    def collect(self, reader, deadline):
        output, limit = bytearray(), self.header["output"]
        while True:
            rest = deadline - time.monotonic()
            if rest <= 0:
                return output, f"no answer within {self.header['seconds']:g} s"
            if not select.select([reader], [], [], min(rest, 0.05))[0]:
                if self.command and resident_bytes() > self.header["memory"]:
                    return output, "more memory than allowed"
                continue
            part = os.read(reader, 1 << 16)
            if not part:
                return output, ""
            output += part
            if len(output) > limit:
                return output[:limit], f"more than {limit} bytes of output"

    def wait(self, child):
        """The exit status of a child that has closed its output: it has half a second to end."""
        for pause in [0.0005] * 20 + [0.01] * 50:
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            time.sleep(pause)
        return None

    def become_program(self, source, writer, command):
        os.setsid()
        os.dup2(source, 0)
        os.dup2(writer, 1)
        os.dup2(os.open(os.devnull, os.O_RDWR), 2)
        os.closerange(3, 256)
        self.filters[command is None].install()
        if command:
            os.execve("/bin/sh", ["/bin/sh", "-c", command], {"PATH": os.environ.get("PATH", ""), "HOME": os.getcwd()})
        status = 0
        try:
            sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)
            sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)
            main = sys.modules["__main__"] = types.ModuleType("__main__")
            exec(compiled(self.program), vars(main))
        except SystemExit as leave:
            status = leave.code if isinstance(leave.code, int) else 0 if leave.code is None else 1
        except BaseException:
            status = 1
        sys.stdout.flush()
        os._exit(status & 0xFF)


def kill_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def kill_one(process):
    """Whether there was such a process, zombies left out."""
    try:
        with open(f"/proc/{process}/stat") as file:
            is_alive = file.read().rpartition(")")[2].split()[0] not in "ZX"
        os.kill(process, signal.SIGKILL)
        return is_alive
    except (OSError, IndexError):
        return False


def resident_bytes():
    """What the sandbox's processes have in memory, this one and the server left out."""
    total, page = 0, os.sysconf("SC_PAGE_SIZE")
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit() and int(name) not in (1, os.getpid(), os.getppid()):
            try:
                with open(f"/proc/{name}/statm") as file:
                    total += int(file.read().split()[1]) * page
            except (OSError, IndexError):
                pass
    return total


def run(header, filters):
    """Reads a program and its inputs from the line, writes one frame a case to it, and does not return."""
    cases = Cases(header, receive(LINE[0]), filters)
    command, why = cases.command, ""
    if command:
        path = cases.write_program()
        command = command.replace("{file}", path)
        build = cases.program.get("build")
        if build:
            output, why = cases.case("", build.replace("{file}", path))
            why = why and f"the build failed: {why}"
    for _ in range(header["cases"]):
        text = receive(LINE[0])
        began = time.perf_counter()
        output, reason = ("", why) if why else cases.case(text, command)
        if not why:
            output = bytes(output).decode("utf-8", "replace")
        send(LINE[1], {
            "output": output, "reason": reason, "milliseconds": round((time.perf_counter() - began) * 1000, 3)})
    os._exit(0)
