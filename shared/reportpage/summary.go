package reportpage

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/ebb-access/ebb/shared/report"
)

// Summary writes what a terminal shows: the source, the figures, what to look at
// first, and what the source does not show.
func Summary(w io.Writer, r report.Report) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s, read %s\n\n", plain(r.Source.Name), stamp(r.Source.Read))
	for _, f := range r.Figures {
		n := report.Number(f.Count)
		if f.Unknown {
			n = "?"
		}
		fmt.Fprintf(out, "%8s  %s\n", n, f.Label)
	}
	if len(r.Looks) > 0 {
		fmt.Fprintln(out, "\nLook at this first:")
	}
	for _, l := range r.Looks {
		mark := " "
		if l.Grave {
			mark = "!"
		}
		fmt.Fprintf(out, "  %s %s\n", mark, l.Text)
	}
	if r.Source.Whole {
		fmt.Fprintln(out, "\nThis export holds private conversations. Ebb opened none; delete the file when you need it no more.")
	}
	gaps := false
	for _, s := range r.Sections {
		if s.Gap == "" {
			continue
		}
		if !gaps {
			fmt.Fprintln(out, "\nNot shown by this source:")
		}
		gaps = true
		fmt.Fprintf(out, "    %s: %s\n", s.Title, plain(s.Gap))
	}
	return out.Flush()
}

// plain keeps a name from breaking a line or the terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, text)
}
