package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/audit"
)

// example is the committed package of the demo, which is known to verify, to be
// tampered with.
const example = "../../infra/ebb/demo/example/review.zip"

// demoKey signs the demo's heads; everybody knows it.
func demoKey() ed25519.PrivateKey {
	sum := sha256.Sum256([]byte("the demo's key, known to everybody: audit/heads"))
	return ed25519.NewKeyFromSeed(sum[:])
}

var pinned = demoKey().Public().(ed25519.PublicKey)

// box is a package's files in their order.
type box struct {
	names []string
	files map[string]string
}

func open(t testing.TB) *box {
	t.Helper()
	z, err := zip.OpenReader(example)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	b := &box{files: map[string]string{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		b.names, b.files[f.Name] = append(b.names, f.Name), string(raw)
	}
	return b
}

func (b *box) verify(t testing.TB, key ed25519.PublicKey) Verdict {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range b.names {
		body, ok := b.files[name]
		if !ok {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(bytes.NewReader(out.Bytes()), int64(out.Len()), key)
	if err != nil {
		v.Broken = append(v.Broken, err.Error())
	}
	return v
}

// sign makes the manifest and the binding anew, as a house does that lies about what
// happened and has its key.
func (b *box) sign(t testing.TB, key ed25519.PrivateKey) {
	t.Helper()
	var m Manifest
	if err := json.Unmarshal([]byte(b.files[manifestFile]), &m); err != nil {
		t.Fatal(err)
	}
	for i, f := range m.Files {
		sum := sha256.Sum256([]byte(b.files[f.Name]))
		m.Files[i].Size, m.Files[i].SHA256 = int64(len(b.files[f.Name])), hex.EncodeToString(sum[:])
	}
	raw, _ := json.MarshalIndent(m, "", "  ")
	b.files[manifestFile] = string(raw) + "\n"
	b.bind(t, key, nil)
}

// bind makes the binding anew for the manifest, changed by f.
func (b *box) bind(t testing.TB, key ed25519.PrivateKey, f func(*Binding)) {
	t.Helper()
	var r bindingRecord
	if err := json.Unmarshal([]byte(b.files[bindingFile]), &r); err != nil {
		t.Fatal(err)
	}
	x := r.binding()
	sum := sha256.Sum256([]byte(b.files[manifestFile]))
	x.Event.Event.Data["manifest"] = hex.EncodeToString(sum[:])
	x.Event.Event = audit.Link(audit.Event{Seq: x.Event.Event.Seq - 1, Hash: x.Event.Event.Prev}, x.Event.Event)
	x.Event.Seal = audit.Append(audit.Seal{N: x.Event.Seal.N - 1, Hash: x.Event.Seal.Prev}, x.Event.Event, x.Event.Seal.At)
	// Two links behind it, so that links are there to be tampered with.
	x.Links = nil
	last := x.Event.Seal
	for range 2 {
		last = audit.Append(last, audit.Link(audit.Event{}, audit.Event{ID: "ev_x", Aggregate: "house", At: last.At, Action: "x"}), last.At)
		x.Links = append(x.Links, last)
	}
	x.Head, x.Key = audit.Sign(key, last), hex.EncodeToString(key.Public().(ed25519.PublicKey))
	if f != nil {
		f(&x)
	}
	raw, _ := json.MarshalIndent(x.record(), "", "  ")
	b.files[bindingFile] = string(raw) + "\n"
}

func TestExampleVerifies(t *testing.T) {
	raw, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []ed25519.PublicKey{pinned, nil} {
		v, err := Verify(bytes.NewReader(raw), int64(len(raw)), key)
		if err != nil || !v.Whole() || v.Pinned != (key != nil) || v.Lines != 22 || !v.Settled || v.Files != len(Files) {
			t.Errorf("%+v, %v", v, err)
		}
		var said strings.Builder
		if err := v.Print(&said); err != nil || strings.Contains(said.String(), "was NOT checked") != (key == nil) {
			t.Errorf("%v\n%s", err, said.String())
		}
	}
	b := open(t)
	b.sign(t, demoKey())
	if v := b.verify(t, pinned); !v.Whole() || v.Links != 2 {
		t.Errorf("signed anew: %q", v.Broken)
	}
}

// TestEveryByteCounts: in every file, at many places, another byte, one more and one
// less are found; so are a file that is gone, one that is more, and one twice.
func TestEveryByteCounts(t *testing.T) {
	whole := open(t)
	for _, name := range whole.names {
		text := whole.files[name]
		step := max(1, len(text)/9)
		if testing.Short() {
			step = max(1, len(text)/5)
		}
		for at := 0; at < len(text); at += step {
			for how, changed := range map[string]string{
				"another": text[:at] + string(text[at]^1) + text[at+1:], "one less": text[:at] + text[at+1:], "one more": text[:at] + "0" + text[at:],
			} {
				b := open(t)
				b.files[name] = changed
				if (name == manifestFile || name == bindingFile) && same(text, changed) {
					continue // white space between two values
				}
				if v := b.verify(t, pinned); v.Whole() {
					t.Errorf("%s, byte %d %s: nothing was found", name, at, how)
				}
			}
		}
		b := open(t)
		delete(b.files, name)
		if v := b.verify(t, pinned); v.Whole() {
			t.Errorf("without %s nothing was found", name)
		}
		b = open(t)
		b.names = append(b.names, name)
		if v := b.verify(t, pinned); v.Whole() {
			t.Errorf("with %s twice nothing was found", name)
		}
	}
	whole.names, whole.files["more.txt"] = append(whole.names, "more.txt"), "?"
	if v := whole.verify(t, pinned); v.Whole() {
		t.Error("with a file more nothing was found")
	}
}

// same reports whether two texts are the same JSON.
func same(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return bytes.Equal(p, q)
}

// TestBindingIsHeld: whatever in the binding is another is found, by the key that an
// auditor brought and by the package's own.
func TestBindingIsHeld(t *testing.T) {
	sum := sha256.Sum256([]byte("somebody else"))
	other := ed25519.NewKeyFromSeed(sum[:])
	for name, c := range map[string]struct {
		do   func(*Binding)
		says string
	}{
		"the event's actor":    {func(b *Binding) { b.Event.Event.Actor = "u_9" }, "the event was changed"},
		"the event's manifest": {func(b *Binding) { b.Event.Event.Data["manifest"] = strings.Repeat("0", 64) }, "the event was changed"},
		"the event's link":     {func(b *Binding) { b.Event.Seal.Hash = strings.Repeat("0", 64) }, "the seal was changed"},
		"another event":        {func(b *Binding) { b.Event.Event.Hash = strings.Repeat("0", 64) }, "the event was changed"},
		"a link's time":        {func(b *Binding) { b.Links[0].At = b.Links[0].At.Add(1e9) }, "link "},
		"a link's hash":        {func(b *Binding) { b.Links[1].Hash = strings.Repeat("0", 64) }, "link "},
		"a link missing":       {func(b *Binding) { b.Links = b.Links[1:] }, "links are missing"},
		"the last missing":     {func(b *Binding) { b.Links = b.Links[:1] }, "do not lead to the signed head"},
		"no links":             {func(b *Binding) { b.Links = nil }, "do not lead to the signed head"},
		"the head's number":    {func(b *Binding) { b.Head.N++ }, "do not lead to the signed head"},
		"the head's time":      {func(b *Binding) { b.Head.At = b.Head.At.Add(1e9) }, "the signature"},
		"the head's hash":      {func(b *Binding) { b.Head.Hash = strings.Repeat("0", 64) }, "the signature"},
		"the signature":        {func(b *Binding) { b.Head.Signature = strings.Repeat("0", 128) }, "the signature"},
		"no signature":         {func(b *Binding) { b.Head.Signature = "" }, "the signature"},
		"another's signature":  {func(b *Binding) { b.Head = audit.Sign(other, b.Links[1]) }, "the signature"},
		"no key":               {func(b *Binding) { b.Key = "" }, "no public key"},
	} {
		b := open(t)
		b.bind(t, demoKey(), c.do)
		for _, key := range []ed25519.PublicKey{pinned, nil} {
			if v := b.verify(t, key); !strings.Contains(strings.Join(v.Broken, "\n"), c.says) {
				t.Errorf("%s: %q", name, v.Broken)
			}
		}
	}
	// A whole package of another house verifies by its own key, and not by ours.
	b := open(t)
	b.sign(t, other)
	if v := b.verify(t, nil); !v.Whole() || v.Pinned {
		t.Errorf("by its own key: %q", v.Broken)
	}
	if v := b.verify(t, pinned); v.Whole() {
		t.Error("another house's package was taken for ours")
	}
	// A manifest that the house never vouched for.
	b = open(t)
	b.files[manifestFile] = strings.Replace(b.files[manifestFile], "\n", "\n ", 1)
	if v := b.verify(t, pinned); !strings.Contains(strings.Join(v.Broken, "\n"), "not the one that the house vouches for") {
		t.Errorf("%q", v.Broken)
	}
}
