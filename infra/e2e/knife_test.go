package e2e

import (
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
)

// knife has processes fail while a call is on its way, at random and seeded.
type knife struct {
	mu   sync.Mutex
	rng  *rand.Rand
	left int // cuts that are still to be done
	done map[string]int
}

func newKnife(seed uint64) *knife {
	return &knife{rng: rand.New(rand.NewPCG(seed, seed)), done: map[string]int{}}
}

func (k *knife) sharpen(cuts int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.left = cuts
}

// patience is how long Lambda waits here for a process that hangs. Its own
// time-out (see timeouts) would be a story of minutes.
const patience = time.Second

// maybe cuts every third process, up to 60 ms after its call began; of those
// that give and take, which are called less often, two of three. In turn it is
// killed; dies of itself with its stack in the log, as by a panic that nobody
// catches; or hangs until its time is over.
func (k *knife) maybe(name string, p *os.Process) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	lucky := 2
	if name == names.Grant || name == names.Revoke {
		lucky = 1
	}
	if k.left == 0 || k.rng.IntN(3) < lucky {
		return 0
	}
	ways := []os.Signal{syscall.SIGKILL, syscall.SIGQUIT, syscall.SIGSTOP}
	signal := ways[k.left%len(ways)]
	k.left--
	time.AfterFunc(time.Duration(k.rng.IntN(60))*time.Millisecond, func() { _ = p.Signal(signal) })
	if signal == syscall.SIGSTOP {
		return patience
	}
	return 0
}

// died counts the calls that were broken off, by what Lambda calls it and function.
func (f *fleet) died() map[string]int {
	out := map[string]int{}
	for line := range strings.Lines(f.fails.String()) {
		name, what, _ := strings.Cut(line, ": ")
		kind, text, _ := strings.Cut(what, ": ")
		switch {
		case kind == "Sandbox.Timedout":
			out[name+" timed out"]++
		case kind == "Runtime.ExitError" && strings.Contains(text, "exit status 2"):
			out[name+" panicked"]++
		case kind == "Runtime.ExitError":
			out[name+" killed"]++
		}
	}
	return out
}
