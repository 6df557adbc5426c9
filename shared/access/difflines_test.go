package access

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func shown(d []DiffLine) string {
	var b strings.Builder
	for _, l := range d {
		b.WriteByte(l.Sign)
		b.WriteString(l.Text + "|")
	}
	return b.String()
}

func TestDiffLines(t *testing.T) {
	for _, x := range []struct{ a, b, want string }{
		{"", "", ""},
		{"", "a\n", "+a|"},
		{"a\n", "", "-a|"},
		{"a\nb\n", "a\nb", " a| b|"},
		{"a\nb\nc\n", "a\nx\nc\n", " a|-b|+x| c|"},
		{"a\nb\nc\nd\n", "b\nd\ne\n", "-a| b|-c| d|+e|"},
		{"r1\nr2\n", "r2\nr1\n", "-r1| r2|+r1|"},
	} {
		if got := shown(DiffLines(x.a, x.b)); got != x.want {
			t.Errorf("%q to %q: %s, want %s", x.a, x.b, got, x.want)
		}
	}
	// Too much for a table of all of it: still both texts.
	long := strings.Repeat("x\ny\n", 2000)
	other := "a\n" + strings.Repeat("y\nz\n", 2000) + "b\n"
	if d := DiffLines(long, other); len(d) != 4000+4002 {
		t.Errorf("%d lines", len(d))
	}
}

// TestDiffLinesRebuilds both texts, whatever they are.
func TestDiffLinesRebuilds(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 12).Draw(t, "lines"), "\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		var x, y []string
		for _, l := range DiffLines(a, b) {
			if l.Sign != '+' {
				x = append(x, l.Text)
			}
			if l.Sign != '-' {
				y = append(y, l.Text)
			}
		}
		if strings.Join(x, "\n") != a || strings.Join(y, "\n") != b {
			t.Fatalf("%q and %q came back as %q and %q", a, b, x, y)
		}
	})
}
