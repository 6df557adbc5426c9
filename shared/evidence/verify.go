package evidence

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
)

// Verdict is what a look at a package found. Broken says in words what does not fit,
// one line each.
type Verdict struct {
	Campaign, Name, State string
	AsOf                  time.Time
	Settled               bool
	Files                 int
	Lines, Decisions      int
	Events, Links         int
	Head                  audit.Head
	// Key is the house's public key, hex. Pinned: whoever verifies brought it;
	// otherwise it is the package's own, which proves that the package is whole and
	// not whose it is.
	Key    string
	Pinned bool
	Broken []string
}

// Whole reports whether nothing was found.
func (v Verdict) Whole() bool { return len(v.Broken) == 0 }

// ParseKey reads a public key as ebb audit key prints it.
func ParseKey(text string) (ed25519.PublicKey, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, fault.New("evidence.ParseKey", fault.Invalid, "a public key is %d hex digits; ebb audit key prints the house's", 2*ed25519.PublicKeySize)
	}
	return raw, nil
}

const (
	mostBroken   = 50
	mostManifest = 1 << 20
	mostBinding  = 64 << 20
)

// check is a verification on its way.
type check struct {
	Verdict
	zip      map[string]*zip.File
	manifest Manifest
	campaign campaignRecord
	lists    map[string]*listSaid
	said     map[string]*said
	manuals  map[string]manualSaid
	staged   map[string]string // data of campaign.staged
	drafted  map[string]string // of the last campaign.drafted or campaign.edited
	endsBy   string            // at_end of campaign.ended
	state    string            // of the campaign, as its last event has it
	last     audit.Event       // of the campaign's own
	newest   time.Time         // event
	top      int64             // the highest link of an event
}

// Verify looks whether a package is whole, away from the house. key is the house's
// public key; nil takes the package's own. The error is of a file that cannot be read
// as a package at all.
func Verify(r io.ReaderAt, size int64, key ed25519.PublicKey) (Verdict, error) {
	const op = "evidence.Verify"
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Verdict{}, fault.New(op, fault.Invalid, "this is no package of Ebb's: it is no whole zip")
	}
	c := &check{zip: map[string]*zip.File{}, lists: map[string]*listSaid{}, said: map[string]*said{}, manuals: map[string]manualSaid{}}
	for _, f := range z.File {
		if c.zip[f.Name] != nil {
			c.broken("%s is there twice", f.Name)
		}
		c.zip[f.Name] = f
	}
	raw, err := c.read(manifestFile, mostManifest)
	if err != nil {
		return Verdict{}, fault.New(op, fault.Invalid, "this is no package of Ebb's: it has no manifest")
	}
	if err := strict(raw, &c.manifest); err != nil || c.manifest.Form != Form {
		return Verdict{}, fault.New(op, fault.Invalid, "this is no package that this release of Ebb reads (%q): it reads %q", c.manifest.Form, Form)
	}
	m := c.manifest
	c.Campaign, c.Name, c.State, c.AsOf, c.Settled = m.Campaign, m.Name, m.State, time.Time(m.AsOf), m.Settled
	c.files()
	// What does not fit its hash may be anything; it is taken apart all the same, for
	// the more that is said the sooner somebody sees what was done.
	c.head()
	c.eachList()
	c.events()
	c.subject()
	c.snapshot()
	c.lines()
	c.tasks()
	c.bound(raw, key)
	return c.Verdict, nil
}

func (c *check) broken(format string, args ...any) {
	if len(c.Broken) < mostBroken {
		c.Broken = append(c.Broken, fmt.Sprintf(format, args...))
	}
}

// files holds every file against the manifest.
func (c *check) files() {
	listed := map[string]bool{manifestFile: true, bindingFile: true}
	for _, f := range c.manifest.Files {
		if listed[f.Name] {
			c.broken("the manifest names %s twice", f.Name)
			continue
		}
		listed[f.Name] = true
		z := c.zip[f.Name]
		if z == nil {
			c.broken("%s is missing", f.Name)
			continue
		}
		c.Files++
		h := sha256.New()
		n, err := copyFile(h, z, f.Size+1)
		switch sum := hex.EncodeToString(h.Sum(nil)); {
		case err != nil:
			c.broken("%s cannot be read: %v", f.Name, err)
		case n != f.Size || sum != f.SHA256:
			c.broken("%s was changed: it is not what the manifest says", f.Name)
		}
	}
	for _, name := range Files {
		if !listed[name] {
			c.broken("the manifest does not name %s", name)
		}
	}
	var beside []string
	for name := range c.zip {
		if !listed[name] {
			beside = append(beside, name)
		}
	}
	slices.Sort(beside)
	for _, name := range beside {
		c.broken("%s is not in the manifest", name)
	}
}

func copyFile(h hash.Hash, z *zip.File, most int64) (int64, error) {
	r, err := z.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	return io.Copy(h, io.LimitReader(r, most))
}

// read gives a small file whole.
func (c *check) read(name string, most int64) ([]byte, error) {
	z := c.zip[name]
	if z == nil {
		return nil, fault.New("evidence.read", fault.NotFound, "%s is missing", name)
	}
	r, err := z.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fault.New("evidence.read", fault.Invalid, "%s is too large", name)
	}
	return raw, err
}

// mostLine is the longest line of a file of lines.
const mostLine = 8 << 20

// each calls f for each line of a file of JSON lines.
func each[T any](c *check, name string, f func(n int, x T)) {
	z := c.zip[name]
	if z == nil {
		return // files said so
	}
	r, err := z.Open()
	if err != nil {
		c.broken("%s cannot be read: %v", name, err)
		return
	}
	defer r.Close() //nolint:errcheck // it was only read
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), mostLine)
	n := 0
	for in.Scan() {
		n++
		var x T
		if err := strict(in.Bytes(), &x); err != nil {
			c.broken("%s, line %d: this is no record: %v", name, n, err)
			continue
		}
		f(n, x)
	}
	if err := in.Err(); err != nil {
		c.broken("%s cannot be read behind line %d: %v", name, n, err)
	}
}

// strict refuses fields that nobody would look at.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fault.New("evidence.strict", fault.Invalid, "more stands behind it")
	}
	return nil
}

// head reads campaign.json.
func (c *check) head() {
	raw, err := c.read(campaignFile, mostManifest*8)
	if err == nil {
		err = strict(raw, &c.campaign)
	}
	x, m := c.campaign, c.manifest
	switch {
	case err != nil:
		c.broken("%s cannot be read: %v", campaignFile, err)
	case x.ID != m.Campaign || x.Spec.Name != m.Name || string(x.State) != m.State || x.AsOf.String() != m.AsOf.String() || x.Settled.IsZero() == m.Settled:
		c.broken("the manifest and campaign.json are not of the same campaign, or not of the same time")
	}
}

func (c *check) levels() int { return max(1, len(c.campaign.Spec.Levels)) }
