import type { OtherStyle } from './other-style.ts';

export const table: OtherStyle = {
  path: 'internal/orders/parse_test.go',
  text: `package orders

import (
	"errors"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want int
		err  error
	}{
		{name: "plain", in: "2x tea", want: 2},
		{name: "empty", in: "", err: ErrEmpty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.in)
			if !errors.Is(err, tt.err) {
				t.Fatalf("err = %v, want %v", err, tt.err)
			}
			if got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
`,
  hostile: {
    'a case is dropped': [['\t\t{name: "empty", in: "", err: ErrEmpty},\n', '']],
    'a case expects another thing': [['want: 2}', 'want: 0}']],
    'a case is a comment': [['\t\t{name: "empty"', '\t\t// {name: "empty"']],
    'the loop begins later': [['range tests {', 'range tests[:0] {']],
    'the loop leaves': [['\t\tt.Run(', '\t\tbreak\n\t\tt.Run(']],
    'the loop goes on': [['\t\t\tgot, err', '\t\t\tif tt.err != nil {\n\t\t\t\treturn\n\t\t\t}\n\t\t\tgot, err']],
    'fatal becomes a note': [['t.Fatalf(', 't.Logf(']],
    'the comparison is with itself': [['got != tt.want', 'got != got']],
    'the error is not looked at': [['!errors.Is(err, tt.err)', 'false']],
    'the result is overwritten': [['\t\t\tif got != tt.want', '\t\t\tgot = tt.want\n\t\t\tif got != tt.want']],
    'the table is overwritten': [['\tfor _, tt', '\ttests = nil\n\tfor _, tt']],
  },
  honest: {
    'another case': [['\t\t{name: "empty"', '\t\t{name: "blanks", in: " 3x tea", want: 3},\n\t\t{name: "empty"']],
    'a helper mark': [['\tfor _, tt', '\tt.Parallel()\n\tfor _, tt']],
  },
};
