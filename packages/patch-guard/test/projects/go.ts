import type { Project } from './project.ts';

/** The sample project in this language. */
export const go: Project = {
  language: 'go',
  source: {
    path: 'cart/cart.go',
    text: `package cart

// Line is one kind of thing in a cart.
type Line struct {
	Price int
	Count int
}

// Total is the sum of the lines, in cents.
func Total(lines []Line) int {
	sum := 0
	for i := 0; i <= len(lines); i++ {
		sum += lines[i].Price * lines[i].Count
	}
	return sum
}
`,
  },
  test: {
    path: 'cart/cart_test.go',
    text: `package cart

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAddsItsLines(t *testing.T) {
	got := Total([]Line{{Price: 3, Count: 2}})
	if got != 6 {
		t.Errorf("Total() = %d, want 6", got)
	}
}

func TestIsFreeWhenEmpty(t *testing.T) {
	assert.Equal(t, 0, Total(nil))
	assert.NotNil(t, Labels(nil))
}

func TestIsNearTheShare(t *testing.T) {
	share := float64(Total([]Line{{Price: 1, Count: 1}})) / 3
	if math.Abs(share-0.333) > 0.001 {
		t.Fatalf("share = %f", share)
	}
}
`,
  },
};
