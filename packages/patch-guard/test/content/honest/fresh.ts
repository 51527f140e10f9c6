import type { HonestFile } from './honest-file.ts';

/** Small fixes of the kinds that CI asks for most, written before the rules that the trial led to. */
export const FRESH: readonly HonestFile[] = [
  {
    path: 'src/queue/worker.ts',
    before: `import { logger } from '../logger';
import type { Job, Store } from './types';

const MAX_ATTEMPTS = 5;
const BACKOFF_MS = 100;

export async function work(store: Store, handle: (job: Job) => Promise<void>): Promise<number> {
  let done = 0;
  const jobs = await store.pending();
  for (const job of jobs) {
    try {
      handle(job);
      store.complete(job.id);
      done += 1;
    } catch (error) {
      logger.warn('job failed', { id: job.id, attempt: job.attempt });
      if (job.attempt > MAX_ATTEMPTS) await store.bury(job.id);
      else await store.retryLater(job.id, delayOf(job.attempt));
    }
  }
  return done;
}

export function delayOf(attempt: number): number {
  return BACKOFF_MS * 2 ** attempt;
}

export function oldest(jobs: Job[]): Job | null {
  return jobs.sort((a, b) => b.createdAt - a.createdAt)[0];
}

export function drain(jobs: Job[], size: number): Job[][] {
  const batches: Job[][] = [];
  while (jobs.length > size) batches.push(jobs.splice(0, size));
  return batches;
}
`,
    fixes: [
      ['      handle(job);', '      await handle(job);'],
      ['      store.complete(job.id);', '      await store.complete(job.id);'],
      ['job.attempt > MAX_ATTEMPTS', 'job.attempt >= MAX_ATTEMPTS'],
      ['BACKOFF_MS * 2 ** attempt', 'Math.min(30_000, BACKOFF_MS * 2 ** attempt)'],
      ['[0];', '[0] ?? null;'],
      ['b.createdAt - a.createdAt', 'a.createdAt - b.createdAt'],
      ['while (jobs.length > size)', 'while (jobs.length > 0)'],
      ['MAX_ATTEMPTS = 5', 'MAX_ATTEMPTS = 3'],
      ['catch (error) {', 'catch (error: unknown) {'],
      ['  return batches;', '  if (jobs.length > 0) batches.push([...jobs]);\n  return batches;'],
    ],
  },
  {
    path: 'src/api/products.ts',
    before: `import { http } from './http';

export interface Product {
  id: string;
  title: string;
  priceCents: number;
}

export async function fetchProduct(id: string): Promise<Product> {
  const response = await http.get('/products/' + id);
  return toProduct(response.data);
}

export async function fetchAll(ids: string[]): Promise<Product[]> {
  return ids.map((id) => fetchProduct(id));
}

function toProduct(raw: any): Product {
  return { id: raw.id, title: raw.name, priceCents: raw.price * 100 };
}
`,
    fixes: [
      ['return ids.map((id) => fetchProduct(id));', 'return Promise.all(ids.map((id) => fetchProduct(id)));'],
      ['title: raw.name', 'title: raw.title ?? raw.name'],
      ['raw.price * 100', 'Math.round(raw.price * 100)'],
      ['raw: any', 'raw: { id: string; name: string; price: number }'],
      ["'/products/' + id", "'/products/' + encodeURIComponent(id)"],
    ],
  },
  {
    path: 'src/users/profile.ts',
    before: `import { db } from '../db';

export interface User {
  id: number;
  email: string;
  name?: string;
  lastLogin?: Date;
}

export async function loadUser(id: number): Promise<User | undefined> {
  return db.users.findOne({ id });
}

export function displayName(user: User): string {
  return user.name.trim() || user.email.split('@')[0];
}

export function isActive(user: User, now: Date): boolean {
  return now.getTime() - user.lastLogin.getTime() < 30 * 24 * 3600;
}

export function emails(users: User[]): string[] {
  return [...new Set(users.map((user) => user.email))];
}
`,
    fixes: [
      ['user.name.trim()', 'user.name?.trim()'],
      ['30 * 24 * 3600', '30 * 24 * 3600 * 1000'],
      ['  return now.getTime()', '  if (!user.lastLogin) return false;\n  return now.getTime()'],
      ['user.email))', 'user.email.toLowerCase()))'],
      ['lastLogin?: Date;', 'lastLogin?: Date | null;'],
    ],
  },
  {
    path: 'src/tree.ts',
    before: `export interface Node {
  id: string;
  children: Node[];
}

export function depth(node: Node): number {
  return 1 + Math.max(...node.children.map(depth));
}

export function flatten(root: Node): Node[] {
  const all: Node[] = [];
  const waiting = [root];
  let next = waiting.pop();
  while (next) {
    all.push(next);
    waiting.push(...next.children);
  }
  return all;
}

export function pathTo(root: Node, id: string): string[] | null {
  if (root.id == id) return [id];
  for (const child of root.children) {
    const path = pathTo(child, id);
    if (path) return [root.id, ...path];
  }
  return [];
}
`,
    fixes: [
      ['Math.max(...node.children', 'Math.max(0, ...node.children'],
      ['    waiting.push(...next.children);\n', '    waiting.push(...next.children);\n    next = waiting.pop();\n'],
      ['  return [];', '  return null;'],
      ['root.id == id', 'root.id === id'],
      ['waiting.push(...next.children)', 'waiting.push(...next.children.slice().reverse())'],
    ],
  },
  {
    path: 'src/components/OrderList.tsx',
    before: `import { useEffect, useState } from 'react';
import { api } from '../api';
import { Order } from '../types';

export function OrderList({ userId }: { userId: string }) {
  const [orders, setOrders] = useState<Order[]>();
  useEffect(() => {
    api.orders(userId).then(setOrders);
  }, []);
  return (
    <ul>
      {orders.map((order) => (
        <li>
          <a href={'/orders/' + order.id}>{order.title}</a> {order.total / 100}
        </li>
      ))}
    </ul>
  );
}
`,
    fixes: [
      ['useState<Order[]>()', 'useState<Order[]>([])'],
      ['}, []);', '}, [userId]);'],
      ['<li>', '<li key={order.id}>'],
      ['order.total / 100', '(order.total / 100).toFixed(2)'],
      ['{orders.map', '{orders?.map'],
    ],
  },
  {
    path: 'test/price.test.ts',
    before: `import { describe, expect, it } from 'vitest';
import { format, parse } from '../src/price';

describe('prices', () => {
  it('are formatted with two digits', () => {
    expect(format(5)).toBe('5.0');
  });

  it('are parsed', async () => {
    expect(parse('5.50')).toEqual({ cents: 55 });
  });
});
`,
    fixes: [
      ["toBe('5.0')", "toBe('5.00')"],
      [
        "    expect(parse('5.50')).toEqual({ cents: 55 });",
        "    // 5.50 is 550 cents, not 55.\n    expect(parse('5.50')).toEqual({ cents: 550 });",
      ],
      ["it('are parsed', async () =>", "it('are parsed', () =>"],
    ],
  },
  {
    path: 'billing/report.py',
    before: `from datetime import date

from billing.models import Invoice


def overdue(invoices, today):
    return [i for i in invoices if i.due < today and not i.paid]


def summary(invoices):
    total = 0
    for invoice in invoices:
        total += invoice.amount
    return {"count": len(invoices), "total": total, "average": total / len(invoices)}


def month_of(day: date) -> str:
    return str(day.year) + "-" + str(day.month)


def pages(items, size=20):
    result = []
    start = 0
    while start <= len(items):
        result.append(items[start:start + size])
        start += size
    return result


def find(invoices, number):
    for invoice in invoices:
        if invoice.number is number:
            return invoice


def load(customer_id):
    return Invoice.objects.filter(customer=customer_id).order_by("created")
`,
    fixes: [
      ['total / len(invoices)}', 'total / len(invoices) if invoices else 0}'],
      ['str(day.month)', 'str(day.month).zfill(2)'],
      ['while start <= len(items)', 'while start < len(items)'],
      ['invoice.number is number', 'invoice.number == number'],
      ['            return invoice\n', '            return invoice\n    return None\n'],
      ['order_by("created")', 'order_by("created_at")'],
      ['total += invoice.amount', 'total += invoice.amount or 0'],
      ['def find(invoices, number):', 'def find(invoices: list, number: str):'],
      ['size=20', 'size=50'],
    ],
  },
  {
    path: 'service/gateway.py',
    before: `import time

import requests

URL = "https://pay.example/charge"
TIMEOUT = 3


def charge(amount, currency="EUR", retries=0):
    for attempt in range(retries):
        response = requests.post(URL, json={"amount": amount, "currency": currency}, timeout=TIMEOUT)
        if response.ok:
            return response.json()["id"]
        time.sleep(2 ** attempt)
    return None


def cents(amount):
    return int(amount * 100)
`,
    fixes: [
      ['range(retries)', 'range(retries + 1)'],
      ['int(amount * 100)', 'round(amount * 100)'],
      ['TIMEOUT = 3', 'TIMEOUT = 10'],
      ['retries=0', 'retries=3'],
      ['response.json()["id"]', 'response.json().get("id")'],
    ],
  },
  {
    path: 'pkg/inventory/inventory.go',
    before: `package inventory

import (
	"context"
	"errors"
	"time"
)

var ErrNotFound = errors.New("not found")

const maxRetries = 10

type Item struct {
	SKU   string
	Count int
}

type Store interface {
	Load(ctx context.Context, sku string) (*Item, error)
	Save(ctx context.Context, item *Item) error
}

func Take(ctx context.Context, store Store, sku string, count int) error {
	item, err := store.Load(ctx, sku)
	if item.Count < count {
		return ErrNotFound
	}
	item.Count -= count
	store.Save(ctx, item)
	return err
}

func Retry(call func() error) error {
	var err error
	for i := 0; i <= maxRetries; i++ {
		err = call()
		time.Sleep(time.Duration(i) * time.Second)
	}
	return err
}

func Low(items []Item, limit int) []Item {
	var low []Item
	for _, item := range items {
		if item.Count < limit {
			low = append(low, item)
		}
	}
	return low
}
`,
    fixes: [
      ['	if item.Count < count', '	if err != nil {\n		return err\n	}\n	if item.Count < count'],
      ['	store.Save(ctx, item)\n	return err', '	return store.Save(ctx, item)'],
      ['i <= maxRetries', 'i < maxRetries'],
      ['		err = call()\n', '		if err = call(); err == nil {\n			return nil\n		}\n'],
      ['item.Count < limit', 'item.Count <= limit'],
      ['maxRetries = 10', 'maxRetries = 3'],
    ],
  },
  {
    path: 'src/main/java/shop/OrderService.java',
    before: `package shop;

import java.util.ArrayList;
import java.util.List;

public class OrderService {
    private static final int MAX_RETRIES = 10;
    private final OrderRepository repository;

    public OrderService(OrderRepository repository) {
        this.repository = repository;
    }

    public Order find(long id) {
        return repository.findById(id).get();
    }

    public List<Order> open(String customer) {
        List<Order> result = new ArrayList<>();
        for (Order order : repository.findByCustomer(customer)) {
            if (order.getStatus() == "OPEN") {
                result.add(order);
            }
        }
        return result;
    }

    public int total(List<Order> orders) {
        int sum = 0;
        for (int i = 0; i <= orders.size(); i++) {
            sum += orders.get(i).getTotal();
        }
        return sum;
    }
}
`,
    fixes: [
      ['repository.findById(id).get()', 'repository.findById(id).orElse(null)'],
      ['order.getStatus() == "OPEN"', '"OPEN".equals(order.getStatus())'],
      ['i <= orders.size()', 'i < orders.size()'],
      ['int sum = 0', 'long sum = 0'],
      ['if (order.getStatus()', 'if (order != null && order.getStatus()'],
      ['MAX_RETRIES = 10', 'MAX_RETRIES = 3'],
    ],
  },
  {
    path: 'app/models/order.rb',
    before: `class Order < ApplicationRecord
  has_many :lines
  STATES = %w[open paid sent]

  def total
    lines.map(&:price).reduce(:+)
  end

  def late?
    Date.today > due_on
  end

  def next_state
    STATES[STATES.index(state) + 1]
  end

  def label
    number + ' ' + customer.name
  end
end
`,
    fixes: [
      ['reduce(:+)', 'sum'],
      ['reduce(:+)', 'reduce(0, :+)'],
      ['Date.today > due_on', 'due_on.present? && Date.today > due_on'],
      ['number + ', 'number.to_s + '],
      ['customer.name', 'customer&.name.to_s'],
    ],
  },
  {
    path: 'src/pricing.rs',
    before: `use std::collections::HashMap;

pub struct Line {
    pub sku: String,
    pub cents: u32,
    pub count: u32,
}

pub fn total(lines: &[Line]) -> u32 {
    let mut sum = 0;
    for i in 0..=lines.len() {
        sum += lines[i].cents * lines[i].count;
    }
    sum
}

pub fn counts(lines: &[Line]) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for line in lines {
        counts.insert(line.sku.clone(), line.count);
    }
    counts
}

pub fn parse(text: &str) -> u32 {
    text.parse().unwrap()
}
`,
    fixes: [
      ['0..=lines.len()', '0..lines.len()'],
      ['counts.insert(line.sku.clone(), line.count);', '*counts.entry(line.sku.clone()).or_insert(0) += line.count;'],
      ['text.parse().unwrap()', 'text.trim().parse().unwrap_or(0)'],
      ['let mut sum = 0;', 'let mut sum: u32 = 0;'],
    ],
  },
  {
    path: 'src/Services/CartService.cs',
    before: `using System.Collections.Generic;
using System.Linq;

namespace Shop.Services;

public class CartService
{
    private readonly ICartRepository repository;

    public CartService(ICartRepository repository) => this.repository = repository;

    public decimal Total(Cart cart) => cart.Lines.Sum(l => l.Price);

    public async Task<Cart> Get(int id)
    {
        var cart = repository.Find(id);
        return cart;
    }

    public IEnumerable<Line> Expensive(Cart cart, decimal limit) => cart.Lines.Where(l => l.Price > limit);
}
`,
    fixes: [
      ['l => l.Price);\n\n    public async', 'l => l.Price * l.Quantity);\n\n    public async'],
      ['repository.Find(id);', 'await repository.Find(id);'],
      ['l.Price > limit', 'l.Price >= limit'],
      ['cart.Lines.Sum', 'cart?.Lines.Sum'],
    ],
  },
  {
    path: 'src/Service/Discount.php',
    before: `<?php

namespace App\\Service;

class Discount
{
    public function apply(array $lines, float $rate): float
    {
        $sum = 0;
        foreach ($lines as $line) {
            $sum += $line['price'] * $line['count'];
        }
        return $sum * $rate;
    }

    public function best(array $rates): ?float
    {
        rsort($rates);
        return $rates[0];
    }
}
`,
    fixes: [
      ['$sum * $rate', '$sum * (1 - $rate)'],
      ['return $rates[0];', 'return $rates[0] ?? null;'],
      ["$line['count']", "($line['count'] ?? 1)"],
    ],
  },
  {
    path: 'src/auth/password-reset.ts',
    before: `import { mailer } from '../mailer';
import { tokens } from './tokens';

const EXPIRY_MINUTES = 30;

export async function requestReset(email: string): Promise<void> {
  const token = await tokens.create(email);
  mailer.send(email, 'reset', { token });
}

export function isExpired(createdAt: number, now: number): boolean {
  return now - createdAt > EXPIRY_MINUTES * 60;
}
`,
    fixes: [
      ['  mailer.send(', '  await mailer.send('],
      ['EXPIRY_MINUTES * 60', 'EXPIRY_MINUTES * 60 * 1000'],
    ],
  },
];
