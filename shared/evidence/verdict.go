package evidence

import (
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/fault"
)

// Print says the verdict in words; its error is fault.Invalid where the package does
// not verify.
func (v Verdict) Print(w io.Writer) error {
	fmt.Fprintf(w, "Access review %q (%s)\n", printable(v.Name), printable(v.Campaign))
	if v.Settled {
		fmt.Fprintf(w, "settled; its newest event is of %s\n\n", clock(v.AsOf))
	} else {
		fmt.Fprintf(w, "%s, as of %s: it is not settled yet\n\n", printable(v.State), clock(v.AsOf))
	}
	if !v.Whole() {
		for _, b := range v.Broken {
			fmt.Fprintln(w, "  BROKEN  "+printable(b))
		}
		if len(v.Broken) == mostBroken {
			fmt.Fprintln(w, "  …       and maybe more")
		}
		fmt.Fprintln(w, "\nThis package does NOT verify: do not rely on it.")
		return fault.New("evidence.Print", fault.Invalid, "the package does not verify")
	}
	for _, line := range []string{
		fmt.Sprintf("%d files are what the manifest says, and there is no other", v.Files),
		fmt.Sprintf("%s lines make the snapshot whose digest was sealed when it was staged", thousands(v.Lines)),
		fmt.Sprintf("%s decisions, and every line's state, are what %s sealed events say", thousands(v.Decisions), thousands(v.Events)),
		fmt.Sprintf("the manifest stands in the audit's chain, %d links before the head at link %d, signed at %s", v.Links, v.Head.N, clock(v.Head.At)),
	} {
		fmt.Fprintln(w, "  ok  "+line)
	}
	if v.Pinned {
		fmt.Fprintf(w, "  ok  the signature is of the key that you gave\n\nThis package verifies.\n")
		return nil
	}
	fmt.Fprintf(w, "  ??  the signature is of the key that the package brings itself:\n      %s\n", v.Key)
	fmt.Fprint(w, "\nThis package is whole. Whose it is was NOT checked: get the house's key by another way (ebb audit key), and say --key.\n")
	return nil
}

// printable keeps what a package says from moving somebody's terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}
