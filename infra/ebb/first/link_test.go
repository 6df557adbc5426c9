package first

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// A fresh table, the command, and the link opens the house that lies in it, once.
func TestALinkSignsTheFirstAdministratorIn(t *testing.T) {
	dir := t.TempDir()
	table, err := sqlite.Open(filepath.Join(dir, "ebb.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	l := &Link{URL: "https://ebb.example/"}
	var out bytes.Buffer
	if err := l.make(t.Context(), table, &out); err != nil {
		t.Fatal(err)
	}
	link, _, _ := strings.Cut(out.String(), "\n")
	word, ok := strings.CutPrefix(link, "https://ebb.example/signin/first?word=")
	if !ok {
		t.Fatal(link)
	}
	h := &flow.House{Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord, Memory: store.New(table, store.Options{})}
	session, _, err := h.SignInByLink(t.Context(), word)
	if err != nil {
		t.Fatal(err)
	}
	by, _, err := h.SignedIn(t.Context(), session)
	if err != nil || !by.Is(access.SuperAdministrator) || by.User.ID != Administrator {
		t.Errorf("%+v, %v", by, err)
	}
	if _, _, err := h.SignInByLink(t.Context(), word); err == nil {
		t.Error("the link worked twice")
	}
	l = &Link{Dir: t.TempDir()}
	if err := l.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no house") {
		t.Error(err)
	}
}
