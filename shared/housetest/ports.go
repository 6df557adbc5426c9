package housetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

// NewSecrets is an empty one.
func NewSecrets() *Secrets { return &Secrets{m: map[string][]byte{}, v: map[string]int{}} }

// Secrets is the secret port in memory, and the Slack client's tokens.
type Secrets struct {
	mu sync.Mutex
	m  map[string][]byte
	v  map[string]int
}

func (s *Secrets) version(name string) string {
	if _, ok := s.m[name]; !ok {
		return ""
	}
	return fmt.Sprint(s.v[name])
}

// Get, Swap and Delete are flow.Secrets.
func (s *Secrets) Get(_ context.Context, name string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.m[name]; !ok {
		return nil, "", fault.New("secrets", fault.NotFound, "no %s", name)
	}
	return slices.Clone(s.m[name]), s.version(name), nil
}

func (s *Secrets) Swap(_ context.Context, name string, value []byte, was string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version(name) != was {
		return "", fault.New("secrets", fault.Conflict, "changed")
	}
	s.v[name]++
	s.m[name] = slices.Clone(value)
	return s.version(name), nil
}

func (s *Secrets) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, name)
	return nil
}

// Tokens gives the Slack client what a connector was installed with.
func (s *Secrets) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	value, _, err := s.Get(ctx, flow.TokenName(id))
	if err != nil {
		return connector.Tokens{}, err
	}
	var v struct{ User, Bot string }
	err = json.Unmarshal(value, &v)
	return connector.Tokens{User: v.User, Bot: v.Bot}, err
}

// Heads keeps signed heads in memory.
type Heads struct {
	mu   sync.Mutex
	list []audit.Head
}

func (h *Heads) Heads(context.Context) ([]audit.Head, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list), nil
}

// HeadFrom gives the first head at or behind link n.
func (h *Heads) HeadFrom(ctx context.Context, n int64) (audit.Head, error) {
	all, err := h.Heads(ctx)
	return audit.HeadFrom(all, n), err
}

func (h *Heads) AddHead(_ context.Context, x audit.Head) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, x)
	return nil
}
