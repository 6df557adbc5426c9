package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ebb-access/ebb/shared/fault"
)

// folder is where everything durable of one house lies. A process has it
// alone: two drivers on one folder would do each thing twice.
type folder struct {
	dir  string
	lock *os.File
	note note
}

// note is house.json: what the house must not forget about itself.
type note struct {
	Slack   string `json:"slack"`             // the API's address, or simulatedSlack
	Export  bool   `json:"export,omitempty"`  // the simulated Slack came from a workspace export
	Settled bool   `json:"settled,omitempty"` // the simulated house has all that it begins with
}

// simulatedSlack stands for the Slack that lies in the folder itself.
const simulatedSlack = "simulated"

// claim takes the folder, making it where it is missing.
func claim(dir string) (*folder, error) {
	if err := ours(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "house.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, refuse("nothing can be written in %s (%v); name another folder with --dir", dir, errors.Unwrap(err))
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		pid, _ := os.ReadFile(path)
		_ = f.Close()
		return nil, refuse("another ebb run (pid %s) uses this folder, %s; stop it, or name another folder with --dir", strings.TrimSpace(string(pid)), dir)
	}
	err = errors.Join(f.Truncate(0), func() error { _, err := fmt.Fprintln(f, os.Getpid()); return err }())
	if err != nil {
		return nil, errors.Join(fault.Wrap("local.claim", err), f.Close())
	}
	d := &folder{dir: dir, lock: f}
	if err := d.remember(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// close lets go of the folder; so does the end of the process.
func (d *folder) close() error { return d.lock.Close() }

// ours makes the folder, or refuses one that others could change under us.
func ours(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		if info, bad := os.Stat(dir); bad == nil && !info.IsDir() {
			return refuse("%s is a file; --dir names a folder", dir)
		}
		return refuse("the folder %s cannot be made (%v); name another one with --dir", dir, errors.Unwrap(err))
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fault.Wrap("local.ours", err)
	}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok && int(sys.Uid) != os.Getuid() {
		return refuse("the folder %s belongs to another user of this machine, who could read the keys; name another one with --dir", dir)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return refuse("others may write in the folder %s; run chmod go-w %s, or name another one with --dir", dir, dir)
	}
	return nil
}

// remember reads house.json. A folder from before there was one is known by
// what lies in it.
func (d *folder) remember() error {
	raw, err := os.ReadFile(d.path("house.json"))
	if errors.Is(err, fs.ErrNotExist) {
		if d.has("slack.json") && d.has("ebb.db") {
			d.note = note{Slack: simulatedSlack, Settled: true}
		}
		return nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &d.note)
	}
	if err != nil {
		return refuse("%s cannot be read (%v); put it back from a backup", d.path("house.json"), err)
	}
	return nil
}

// belongs keeps a house with its Slack: the ids of one mean nothing, or
// somebody else, in another.
func (d *folder) belongs(to string) error {
	to = strings.TrimRight(to, "/")
	switch was := d.note.Slack; {
	case was == "" || was == to:
		d.note.Slack = to
	case was == simulatedSlack:
		return refuse("the house in %s belongs to the simulated Slack that lies there, not to %s; name another folder with --dir", d.dir, to)
	case to == simulatedSlack:
		return refuse("the house in %s belongs to the Slack at %s; start it with --slack-api-url %s/, or name another folder with --dir", d.dir, was, was)
	default:
		return refuse("the house in %s belongs to the Slack at %s, not to %s; name another folder with --dir", d.dir, was, to)
	}
	return d.whole()
}

// whole refuses a folder that has lost a part: a new one in its place would
// contradict the others.
func (d *folder) whole() error {
	const then = "put it back from a backup, or remove the folder to begin anew"
	if !d.has("ebb.db") {
		for _, part := range []string{"heads.jsonl", "secrets.age"} {
			if d.has(part) {
				return refuse("%s is there and %s is missing: %s", d.path(part), d.path("ebb.db"), then)
			}
		}
		return nil
	}
	if d.note.Slack == simulatedSlack && !d.has("slack.json") {
		return refuse("%s is there and the simulated Slack that it knows, %s, is missing: %s", d.path("ebb.db"), d.path("slack.json"), then)
	}
	return nil
}

// save writes house.json.
func (d *folder) save() error {
	raw, err := json.Marshal(d.note)
	if err != nil {
		return err
	}
	return replace(d.path("house.json"), append(raw, '\n'))
}

func (d *folder) path(name string) string { return filepath.Join(d.dir, name) }

func (d *folder) has(name string) bool { return exists(d.path(name)) }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// replace writes a private file, whole or not at all. It follows no link that
// somebody laid in its way.
func replace(path string, raw []byte) error {
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap("local.replace", err)
	}
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return fault.Wrap("local.replace", err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	return fault.Wrap("local.replace", err)
}

func refuse(format string, args ...any) error {
	return fault.New("ebb run", fault.Misconfigured, format, args...)
}
