package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// ebb and slacktest are the commands, built once.
var ebb, slacktest string

func TestMain(m *testing.M) {
	if os.Getenv("EBB_CRASH") == "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "ebb-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func build(dir string) error {
	ebb, slacktest = filepath.Join(dir, "ebb"), filepath.Join(dir, "slacktest")
	for out, pkg := range map[string]string{ebb: "infra/ebb", slacktest: "shared/slack/slacktest/cmd/slacktest"} {
		c := exec.Command("go", "build", "-trimpath", "-o", out, "github.com/ebb-access/ebb/"+pkg)
		if said, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", pkg, err, said)
		}
	}
	return nil
}

// settings gives the number of kills and the seed, or skips a test that nobody
// asked for.
func settings(t *testing.T) (kills int, seed uint64) {
	t.Helper()
	if os.Getenv("EBB_CRASH") == "" {
		t.Skip("takes minutes: make crash, or EBB_CRASH=500 (kills), runs it")
	}
	kills, err := strconv.Atoi(os.Getenv("EBB_CRASH"))
	if err != nil || kills < 1 {
		t.Fatalf("EBB_CRASH is a number of kills, not %q", os.Getenv("EBB_CRASH"))
	}
	seed = uint64(time.Now().UnixNano()) % 1_000_000
	if s := os.Getenv("EBB_CRASH_SEED"); s != "" {
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("EBB_CRASH_SEED is a number, not %q", s)
		}
	}
	return kills, seed
}

// The longest delay of a kill: behind the start of the process, which takes
// about as long, or behind the begin of the load.
const (
	killStart = 150 * time.Millisecond
	killLoad  = 350 * time.Millisecond
)

// earlyOf one in so many lives ends before it is ready.
const earlyOf = 8

// TestKilled: whatever was acknowledged is found again, what is due goes on,
// and in the end nothing stands that should not.
func TestKilled(t *testing.T) {
	kills, seed := settings(t)
	t.Logf("seed %d: make crash N=%d SEED=%d", seed, kills, seed)
	began := time.Now()
	c := newCompany(t, seed)
	for life := 1; life <= kills; life++ {
		c.live(life, rand.New(rand.NewPCG(seed, uint64(life))))
		if c.ledger.tooMany() {
			break
		}
	}
	killed := time.Since(began)
	c.rest(kills >= patientFrom)
	t.Log(c.summary(killed, time.Since(began)))
	for _, v := range c.ledger.violations {
		t.Errorf("seed %d: %s", seed, v)
	}
}

// live is one life of the house and its end.
func (c *company) live(life int, moments *rand.Rand) {
	c.t.Helper()
	c.ledger.life = life
	if moments.IntN(earlyOf) == 0 {
		h := c.house.begin(c.t)
		time.Sleep(time.Duration(moments.Int64N(int64(killStart))))
		h.kill()
		c.early++
		return
	}
	h := c.open()
	c.look(h)
	if life%verifyEvery == 0 {
		c.verify(h)
	}
	delay := time.Duration(moments.Int64N(int64(killLoad)))
	c.load(h, func() { time.Sleep(delay) })
}

// verifyEvery so many lives the whole trail is walked; it grows with each.
const verifyEvery = 25

// open starts the house; one that does not open is a violation, and the end.
func (c *company) open() *house {
	c.t.Helper()
	began := time.Now()
	h := c.house.begin(c.t)
	if err := h.wait(); err != nil {
		c.t.Fatalf("seed %d, life %d: the house does not open: %v", c.seed, c.ledger.life, err)
	}
	c.starts++
	c.longest = max(c.longest, time.Since(began))
	c.starting += time.Since(began)
	return h
}
