package evidence

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/ebb-access/ebb/shared/audit"
)

// TestInTwoSteps: files and end, written by two who know nothing of each other but
// the stub, are the package as one writes it.
func TestInTwoSteps(t *testing.T) {
	b, seal, own := made(300)
	p, err := b.Close()
	if err != nil {
		t.Fatal(err)
	}
	e := audit.Link(own, audit.Event{ID: "ev_last", Aggregate: own.Aggregate, At: seal.At, Action: Action, Actor: "u_1", Data: map[string]string{"manifest": p.Hash()}})
	s := audit.Append(seal, e, seal.At)
	bound := Binding{Event: audit.Sealed{Event: e, Seal: s}, Head: audit.Sign(demoKey(), s), Key: fmt.Sprintf("%x", []byte(pinned))}
	var want, files, end bytes.Buffer
	if err := p.Write(&want, bound); err != nil {
		t.Fatal(err)
	}
	if err := p.WriteFiles(&files); err != nil {
		t.Fatal(err)
	}
	stub, err := p.Stub()
	if err != nil {
		t.Fatal(err)
	}
	if err := Finish(&end, stub, bound); err != nil {
		t.Fatal(err)
	}
	if got := append(files.Bytes(), end.Bytes()...); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%d and %d bytes in two steps, %d in one", files.Len(), end.Len(), want.Len())
	}
	v, err := Verify(bytes.NewReader(want.Bytes()), int64(want.Len()), pinned)
	if err != nil || !v.Whole() {
		t.Errorf("%+v, %v", v, err)
	}
	if len(stub) > 8<<10 {
		t.Errorf("the stub has %d bytes and lies in a row with more", len(stub))
	}
	if err := Finish(&end, []byte("{"), bound); err == nil {
		t.Error("half a stub was taken")
	}
}
