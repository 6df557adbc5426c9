package simulation

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSeeds tells a few stories; make sim tells a thousand.
func TestSeeds(t *testing.T) {
	sum := Many(1, 60, 2, Guard{}, func(r Result) bool {
		t.Errorf("seed %d: %s\nmake sim SEED=%d tells it step by step", r.Story.Seed, r.Found[0], r.Story.Seed)
		return true
	})
	if sum.Strikes < 500 || sum.Given < 50 || sum.Revoked < 50 {
		t.Errorf("too little happened: %+v", sum)
	}
}

// TestSameSeedSameStory: a seed decides everything.
func TestSameSeedSameStory(t *testing.T) {
	for _, seed := range []uint64{3, 6, 7} {
		if a, b := trace(seed), trace(seed); a != b {
			t.Errorf("seed %d gave two runs", seed)
		}
	}
	if trace(1) == trace(2) {
		t.Error("two seeds gave one run")
	}
}

func trace(seed uint64) uint64 {
	h := fnv.New64a()
	Run(Generate(seed), Guard{}, func(s string) { _, _ = h.Write([]byte(s)) })
	return h.Sum64()
}

// TestStories tells the stories that found a bug once.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			s := read(t, name)
			if r := Run(s, Guard{}, nil); len(r.Found) > 0 {
				t.Errorf("%s", r.Found[0])
			}
		})
	}
}

func read(t *testing.T, name string) Story {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := ParseStory(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStoryThereAndBack: what is printed is what is told.
func TestStoryThereAndBack(t *testing.T) {
	for seed := range uint64(20) {
		s := Generate(seed + 1)
		s.Strikes = []Strike{{"act 1/2", "fails"}, {"sweep 3 twice/4", "dies before"}}
		back, err := ParseStory(strings.NewReader(s.String()))
		if err != nil || back.String() != s.String() {
			t.Fatalf("seed %d: %v\n%s\n%s", s.Seed, err, s, back)
		}
	}
	for _, bad := range []string{"act x", "act 1 2 ask", "act 1 5m fly", "mishap nothing", "weather fine"} {
		if _, err := ParseStory(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is no story", bad)
		}
	}
}

// TestShrink: what a story does not need goes.
func TestShrink(t *testing.T) {
	var g Guard
	for _, x := range Guards {
		if x.Name == "holds are inherited" {
			g = x
		}
	}
	for seed := uint64(1); seed < 50; seed++ {
		r := Run(Generate(seed), g, nil)
		if len(r.Found) == 0 {
			continue
		}
		short := Shrink(r, g, 200)
		if len(short.Story.Acts) > 4 {
			t.Errorf("seed %d: %d acts of %d are left:\n%s", seed, len(short.Story.Acts), len(r.Story.Acts), short.Story)
		}
		again := Run(short.Story, g, nil)
		if len(again.Found) == 0 || again.Found[0].Promise != r.Found[0].Promise {
			t.Errorf("seed %d: the short story does not fail", seed)
		}
		return
	}
	t.Fatal("nothing to shorten")
}

// TestGuardsAreMissed: whoever takes one of them away is found out.
func TestGuardsAreMissed(t *testing.T) {
	for _, g := range Guards {
		t.Run(g.Name, func(t *testing.T) {
			found := ""
			Many(1, 1000, 2, g, func(r Result) bool {
				found = fmt.Sprintf("seed %d: %s", r.Story.Seed, r.Found[0])
				return false
			})
			if found == "" {
				t.Error("a thousand stories without it, and nobody missed it")
			}
		})
	}
}
