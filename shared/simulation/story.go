package simulation

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Story is all that decides what happens: the same story gives the same run.
type Story struct {
	Name  string
	Seed  uint64 // chance: latencies, clocks, and without Strikes the mishaps
	Sky   string // name of the weather; "" by the seed
	Tiers bool   // Slack's published rate limits hold
	Acts  []Act
	// Strikes are the only mishaps; nil: the weather decides.
	Strikes []Strike
}

// Act is something that people or circumstances do at a time. N names it: an
// approval names the request by the act that asked.
type Act struct {
	N    int
	At   time.Duration
	Do   string
	Args []string
}

func (a Act) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s %s", a.N, a.At, a.Do, strings.Join(a.Args, " ")))
}

func (s Story) weather() Weather {
	for _, w := range weathers {
		if w.Name == s.Sky {
			return w
		}
	}
	return weathers[s.Seed%uint64(len(weathers))]
}

// hears reports whether Slack's events reach the house: in every second story.
func (s Story) hears() bool { return s.Seed/uint64(len(weathers))%2 == 0 }

// String is the story as a file holds it.
func (s Story) String() string {
	var b strings.Builder
	if s.Name != "" {
		fmt.Fprintf(&b, "# %s\n", s.Name)
	}
	fmt.Fprintf(&b, "seed %d\nsky %s\n", s.Seed, s.weather().Name)
	if s.Tiers {
		b.WriteString("tiers\n")
	}
	for _, a := range s.Acts {
		fmt.Fprintf(&b, "act %s\n", a)
	}
	if s.Strikes != nil {
		b.WriteString("only these mishaps\n")
	}
	for _, x := range s.Strikes {
		fmt.Fprintf(&b, "mishap %s: %s\n", x.Call, x.How)
	}
	return b.String()
}

// ParseStory reads what String wrote. Errors name the line.
func ParseStory(r io.Reader) (Story, error) {
	var s Story
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if err := s.line(strings.TrimSpace(lines.Text())); err != nil {
			return s, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return s, lines.Err()
}

func (s *Story) line(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "", "#":
		if s.Name == "" {
			s.Name = rest
		}
	case "seed":
		n, err := strconv.ParseUint(rest, 10, 64)
		s.Seed = n
		return err
	case "sky":
		s.Sky = rest
	case "tiers":
		s.Tiers = true
	case "only":
		s.Strikes = []Strike{}
	case "act":
		return s.act(strings.Fields(rest))
	case "mishap":
		call, how, ok := strings.Cut(rest, ": ")
		if !ok {
			return fmt.Errorf("a mishap is CALL: HOW")
		}
		s.Strikes = append(s.Strikes, Strike{call, how})
	default:
		return fmt.Errorf("no such word %q", word)
	}
	return nil
}

func (s *Story) act(f []string) error {
	if len(f) < 3 {
		return fmt.Errorf("an act is a number, a time, a verb and its words")
	}
	n, err := strconv.Atoi(f[0])
	if err != nil {
		return err
	}
	at, err := time.ParseDuration(f[1])
	if err != nil {
		return err
	}
	if _, known := verbs[f[2]]; !known {
		return fmt.Errorf("no such act %q", f[2])
	}
	s.Acts = append(s.Acts, Act{n, at, f[2], f[3:]})
	return nil
}

// parseForm reads a posted form; what is none is empty.
func parseForm(r io.Reader) url.Values {
	raw, _ := io.ReadAll(io.LimitReader(r, 1<<20))
	v, _ := url.ParseQuery(string(raw))
	return v
}
