package store

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWordsOfAKeyComeBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"#", "%", "%2", "3", "a", "/", " ", "\n", "\x7f", "ü", ""}
	word := func() string {
		var b strings.Builder
		for range random.IntN(5) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	seen := map[string][]string{}
	for range 20_000 {
		words := []string{word(), word(), word()}[:1+random.IntN(3)]
		key := join(words...)
		if back := split(key); !slices.Equal(back, words) {
			t.Fatalf("%q became %q and then %q", words, key, back)
		}
		if other, ok := seen[key]; ok && !slices.Equal(other, words) {
			t.Fatalf("%q and %q share the key %q", other, words, key)
		}
		seen[key] = words
		if strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("%q has a control character", key)
		}
	}
}

func TestBelowTakesWholeWordsOnly(t *testing.T) {
	r := below("live", "c1", "U1")
	for sort, want := range map[string]bool{
		join("c1", "U1", "g"): true, join("c1", "U1", ""): true, join("c1", "U11", "g"): false, join("c1", "U1#", "g"): false,
		join("c1", "U1"): false, join("c1", "U0", "g"): false, join("c11", "U1", "g"): false,
	} {
		if in := r.From <= sort && sort < r.To; in != want {
			t.Errorf("%q: in the range %v, want %v", sort, in, want)
		}
	}
}

func TestTimesSortAsText(t *testing.T) {
	base := time.Date(2026, 11, 23, 23, 59, 59, 999_000_000, time.UTC)
	times := []time.Time{{}, base.Add(-time.Hour), base, base.Add(time.Millisecond), base.Add(10 * time.Millisecond), base.AddDate(1, 0, 0)}
	var sorts []string
	for _, x := range times {
		sorts = append(sorts, at(x.In(time.FixedZone("", -7*3600)), "0", "grant", "c", "g"))
	}
	if !slices.IsSorted(sorts) {
		t.Errorf("not in order: %q", sorts)
	}
}
