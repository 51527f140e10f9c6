import type { HonestFile } from './honest-file.ts';

export const GO: readonly HonestFile[] = [
  {
    path: 'order/order.go',
    before: `package order

import (
	"errors"
	"fmt"
	"sort"
)

var ErrEmpty = errors.New("order is empty")

type Line struct {
	SKU      string
	Price    int
	Quantity int
}

type Order struct {
	ID    string
	Lines []Line
	paid  bool
}

func (o *Order) Total() (int, error) {
	sum := 0
	for i := 0; i <= len(o.Lines); i++ {
		sum += o.Lines[i].Price * o.Lines[i].Quantity
	}
	return sum, nil
}

func (o *Order) Pay(amount int) error {
	total, err := o.Total()
	if err != nil {
		return err
	}
	if amount < total {
		return fmt.Errorf("order %s: %d paid of %d", o.ID, amount, total)
	}
	o.paid = true
	return nil
}

func SKUs(o *Order) []string {
	skus := []string{}
	for _, line := range o.Lines {
		skus = append(skus, line.SKU)
	}
	sort.Strings(skus)
	return skus
}

func cheapest(lines []Line) *Line {
	var best *Line
	for _, line := range lines {
		if best == nil || line.Price < best.Price {
			best = &line
		}
	}
	return best
}
`,
    fixes: [
      ['i <= len(o.Lines)', 'i < len(o.Lines)'],
      ['	sum := 0\n', '	if len(o.Lines) == 0 {\n		return 0, ErrEmpty\n	}\n	sum := 0\n'],
      ['		return err\n', '		return fmt.Errorf("total of order %s: %w", o.ID, err)\n'],
      ['	skus := []string{}', '	if o == nil {\n		return nil\n	}\n	skus := make([]string, 0, len(o.Lines))'],
      [
        'for _, line := range lines {\n		if best == nil || line.Price < best.Price {\n			best = &line',
        'for i := range lines {\n		if best == nil || lines[i].Price < best.Price {\n			best = &lines[i]',
      ],
      ['if amount < total {', 'if amount != total {'],
      ['	return sum, nil', '	if sum < 0 {\n		return 0, errors.New("total is negative")\n	}\n	return sum, nil'],
      ['	sort.Strings(skus)', '	sort.Slice(skus, func(a, b int) bool { return skus[a] < skus[b] })'],
      ['	o.paid = true', '	if o.paid {\n		return errors.New("order is paid already")\n	}\n	o.paid = true'],
      [
        '		skus = append(skus, line.SKU)',
        '		if line.SKU == "" {\n			continue\n		}\n		skus = append(skus, line.SKU)',
      ],
      ['	"sort"\n', '	"sort"\n	"strings"\n'],
    ],
  },
  {
    path: 'cache/cache.go',
    before: `package cache

import (
	"sync"
	"time"
)

type entry struct {
	value   string
	expires time.Time
}

type Cache struct {
	mu      sync.Mutex
	entries map[string]entry
	ttl     time.Duration
	now     func() time.Time
}

func New(ttl time.Duration) *Cache {
	return &Cache{ttl: ttl, now: time.Now}
}

func (c *Cache) Set(key, value string) {
	c.entries[key] = entry{value: value, expires: c.now().Add(c.ttl)}
}

func (c *Cache) Get(key string) (string, bool) {
	c.mu.Lock()
	found, ok := c.entries[key]
	if !ok || found.expires.After(c.now()) {
		return "", false
	}
	c.mu.Unlock()
	return found.value, true
}

func (c *Cache) Len() int {
	return len(c.entries)
}
`,
    fixes: [
      ['&Cache{ttl: ttl, now: time.Now}', '&Cache{ttl: ttl, now: time.Now, entries: make(map[string]entry)}'],
      ['	c.entries[key] = entry{', '	c.mu.Lock()\n	defer c.mu.Unlock()\n	c.entries[key] = entry{'],
      ['	c.mu.Lock()\n	found', '	c.mu.Lock()\n	defer c.mu.Unlock()\n	found'],
      ['found.expires.After(c.now())', 'found.expires.Before(c.now())'],
      ['found.expires.After(c.now())', '!c.now().Before(found.expires)'],
      ['	return len(c.entries)', '	c.mu.Lock()\n	defer c.mu.Unlock()\n	return len(c.entries)'],
      ['	return found.value, true', '	delete(c.entries, key)\n	return found.value, true'],
      [
        'func New(ttl time.Duration) *Cache {\n',
        'func New(ttl time.Duration) *Cache {\n	if ttl <= 0 {\n		ttl = time.Minute\n	}\n',
      ],
    ],
  },
  {
    path: 'order/order_test.go',
    before: `package order

import "testing"

func TestTotal(t *testing.T) {
	o := &Order{Lines: []Line{{Price: 2, Quantity: 3}}}
	got, err := o.Total()
	if err != nil {
		t.Fatal(err)
	}
	if got != 6 {
		t.Errorf("Total() = %d, want 6", got)
	}
}
`,
    fixes: [
      [
        'func TestTotal',
        'func TestCheapest(t *testing.T) {\n	got := cheapest([]Line{{Price: 5}, {Price: 2}})\n	if got == nil || got.Price != 2 {\n		t.Errorf("cheapest() = %v, want the one for 2", got)\n	}\n}\n\nfunc TestTotal',
      ],
      [
        '		t.Errorf("Total() = %d, want 6", got)\n	}',
        '		t.Errorf("Total() = %d, want 6", got)\n	}\n	if len(o.Lines) != 1 {\n		t.Errorf("lines = %d, want 1", len(o.Lines))\n	}',
      ],
      [
        'func TestTotal',
        'func TestTotalOfNothing(t *testing.T) {\n	if _, err := (&Order{}).Total(); err == nil {\n		t.Error("an empty order has a total")\n	}\n}\n\nfunc TestTotal',
      ],
    ],
  },
  {
    path: 'server/handler.go',
    before: `package server

import (
	"encoding/json"
	"net/http"
	"strconv"
)

type store interface {
	Find(id int) (string, bool)
}

func getName(s store) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.URL.Query().Get("id"))
		name, ok := s.Find(id)
		if !ok {
			http.Error(w, "not found", http.StatusNotFound)
		}
		json.NewEncoder(w).Encode(map[string]string{"name": name})
	}
}

func pageSize(text string) int {
	size, err := strconv.Atoi(text)
	if err != nil || size > 100 {
		return 100
	}
	return size
}
`,
    fixes: [
      ['http.StatusNotFound)\n		}', 'http.StatusNotFound)\n			return\n		}'],
      ['err != nil || size > 100', 'err != nil || size < 1 || size > 100'],
      [
        '	if err != nil || size > 100 {\n		return 100',
        '	if err != nil {\n		return 20\n	}\n	if size > 100 {\n		return 100',
      ],
      [
        'func pageSize(text string) int {\n',
        'func pageSize(text string) int {\n	if text == "" {\n		return 20\n	}\n',
      ],
    ],
  },
];
