// Command sim tells simulated stories over the real verbs, and says which
// promise did not hold. Each seed is a story; the same seed is the same story.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/ebb-access/ebb/shared/simulation"
)

func main() {
	var o options
	flag.Uint64Var(&o.from, "from", 1, "the first seed")
	flag.Uint64Var(&o.seeds, "seeds", 1000, "how many seeds")
	flag.Uint64Var(&o.seed, "seed", 0, "tell this one, step by step, and its shortest form when it fails")
	flag.StringVar(&o.story, "story", "", "tell the story in this file, step by step")
	flag.BoolVar(&o.guards, "guards", false, "take each guard away and say how many seeds it takes to miss it")
	flag.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "how many stories at once")
	flag.IntVar(&o.shrink, "shrink", 600, "how many stories may be told to shorten one that fails")
	flag.BoolVar(&o.reviews, "reviews", false, "tell only the stories with access reviews or with roles that people give by hand")
	flag.Parse()
	debug.SetGCPercent(400)
	os.Exit(o.run())
}

type options struct {
	from, seeds, seed uint64
	story             string
	guards, reviews   bool
	workers, shrink   int
}

func (o options) run() int {
	switch {
	case o.story != "":
		return o.file()
	case o.seed > 0:
		return o.step(simulation.Generate(o.seed))
	case o.guards:
		return o.missing()
	}
	return o.many()
}

// file tells a story that was kept.
func (o options) file() int {
	f, err := os.Open(o.story)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer f.Close()
	s, err := simulation.ParseStory(f)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", o.story, err)
		return 2
	}
	return o.step(s)
}

func (o options) step(s simulation.Story) int {
	r := simulation.Run(s, simulation.Guard{}, func(line string) { fmt.Println(line) })
	fmt.Printf("\n%s of virtual time, %d mishaps, %d grants begun\n", r.Virtual.Round(time.Second), r.Counts.Strikes, r.Counts.Grants)
	if len(r.Found) == 0 {
		fmt.Println("every promise held")
		return 0
	}
	o.report(r)
	return 1
}

// report prints a violation and the shortest story that still shows it.
func (o options) report(r simulation.Result) {
	fmt.Printf("\nVIOLATION of promise %s\n", r.Found[0])
	short := simulation.Shrink(r, simulation.Guard{}, o.shrink)
	fmt.Printf("\nthe shortest story that still fails (%d of %d acts, %d of %d mishaps); keep it as a file in shared/simulation/testdata:\n\n%s\n",
		len(short.Story.Acts), len(r.Story.Acts), len(short.Story.Strikes), len(r.Strikes), short.Story)
}

// many tells the stories of many seeds.
func (o options) many() int {
	begin := time.Now()
	bad := 0
	sum := simulation.ManyOf(func(s simulation.Story) bool { return !o.reviews || s.Reviews() }, o.from, o.seeds, o.workers, simulation.Guard{}, func(r simulation.Result) bool {
		bad++
		fmt.Printf("seed %d\n", r.Story.Seed)
		o.report(r)
		return bad < 9
	})
	took := time.Since(begin)
	fmt.Printf("%d seeds from %d in %s: %s of virtual time, %d commits, %d mishaps, %d grants begun, %d given, %d revoked, %d findings, %d of them to end by a person's word, %d reviews staged and %d completed with %d decisions, %d removals and %d tasks by hand (%d given up), %d hand edits lost within a round trip and without events; %d violations\n",
		sum.Stories, o.from, took.Round(time.Second), sum.Virtual.Round(time.Hour), sum.Commits, sum.Strikes, sum.Grants, sum.Given, sum.Revoked, sum.Findings, sum.Decreed, sum.Staged, sum.Completed, sum.Decided, sum.Denied, sum.ByHand, sum.GivenUp, sum.Lost, bad)
	if bad > 0 {
		return 1
	}
	return 0
}

// missing takes each guard away.
func (o options) missing() int {
	code := 0
	for _, g := range simulation.Guards {
		m := simulation.Miss(g, o.from, o.seeds, o.workers)
		fmt.Println(m)
		if m.Median == 0 {
			code = 1
		}
	}
	return code
}
