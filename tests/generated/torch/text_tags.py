"""PyTorch scripts that tag words, one sentence at a time."""

from __future__ import annotations

from tests.generated.torch.names import begin_class, imports, rnn
from tests.generated.writer import Writer, family


@family(
    "torch",
    "features of one direction",
    "classes last",
    "softmax before cross entropy",
    "a tuple for a tensor",
    "impossible view",
    "batch lost by squeeze",
    "scores for probabilities",
    "one score for several classes",
)
def torch_tagger(w: Writer) -> None:
    """One sentence at a time, as in the tutorial, with log_softmax and NLLLoss."""
    imports(w, "import torch.nn.functional as F", "import torch.optim as optim")
    both = w.has("features of one direction") or w.chance(0.3)
    kind = rnn(w)
    w.gap()
    w.add('training_data = [("the dog ate the apple".split(), ["DET", "NN", "V", "DET", "NN"]),')
    w.add('                 ("everybody read that book".split(), ["NN", "V", "DET", "NN"])]')
    w.add("word_to_ix = {}", "for sent, tags in training_data:", "    for word in sent:", "        if word not in word_to_ix:")
    w.add(
        "            word_to_ix[word] = len(word_to_ix)",
        'tag_to_ix = {"DET": 0, "NN": 1, "V": 2}',
        f"EMBEDDING_DIM, HIDDEN_DIM = {w.number(5, 7)}, {w.number(8, 10)}",
    )
    with w.definition("def prepare_sequence(seq, to_ix):"):
        w.add(
            w.one_of("idxs = [to_ix[w] for w in seq]", "idxs = list(map(lambda w: to_ix[w], seq))"),
            "return torch.tensor(idxs, dtype=torch.long)",
        )
    begin_class(w, "LSTMTagger", "embedding_dim, hidden_dim, vocab_size, tagset_size")
    w._pad = " " * 8
    w.add("self.word_embeddings = nn.Embedding(vocab_size, embedding_dim)")
    w.add(f"self.lstm = nn.{kind}(embedding_dim, hidden_dim{', bidirectional=True' if both else ''})")
    w.put(
        f"self.hidden2tag = nn.Linear({'hidden_dim * 2' if both else 'hidden_dim'}, tagset_size)",
        ("features of one direction", "self.hidden2tag = nn.Linear(hidden_dim, tagset_size)"),
        ("one score for several classes", f"self.hidden2tag = nn.Linear({'hidden_dim * 2' if both else 'hidden_dim'}, 1)"),
    )
    w._pad = "    "
    w.add("")
    scores = w.has("softmax before cross entropy") or (w.chance(0.4) and not w.has("scores for probabilities"))
    with w.block("def forward(self, sentence):"):
        w.add("embeds = self.word_embeddings(sentence)")
        w.put(
            "out, _ = self.lstm(embeds.view(len(sentence), 1, -1))",
            ("a tuple for a tensor", "out = self.lstm(embeds.view(len(sentence), 1, -1))"),
        )
        if w.has("a tuple for a tensor"):
            w.add("tag_space = self.hidden2tag(out)", faulty=True)
        else:
            w.put(
                "tag_space = self.hidden2tag(out.view(len(sentence), -1))",
                ("classes last", "tag_space = self.hidden2tag(out)"),
                ("impossible view", "tag_space = self.hidden2tag(out.view(len(sentence), EMBEDDING_DIM + 20))"),
            )
        ends = (
            "return tag_space"
            if scores
            else w.one_of("return F.log_softmax(tag_space, dim=1)", "return nn.functional.log_softmax(tag_space, 1)")
        )
        w.put(
            ends,
            ("softmax before cross entropy", "return F.softmax(tag_space, dim=1)"),
            ("scores for probabilities", "return tag_space"),
        )
    w._pad = ""
    w.gap()
    w.add("model = LSTMTagger(EMBEDDING_DIM, HIDDEN_DIM, len(word_to_ix), len(tag_to_ix))")
    w.add(
        f"loss_function = nn.{'CrossEntropyLoss' if scores else 'NLLLoss'}()", "optimizer = optim.SGD(model.parameters(), lr=0.1)"
    )
    if w.has("scores for probabilities"):
        w.lines[-2] += "  # FAULT"
    with w.block(f"for epoch in range({w.number(1, 3)}):"), w.block("for sentence, tags in training_data:"):
        w.add(
            "model.zero_grad()",
            "sentence_in = prepare_sequence(sentence, word_to_ix)",
            "targets = prepare_sequence(tags, tag_to_ix)",
        )
        w.put("tag_scores = model(sentence_in)", ("batch lost by squeeze", "tag_scores = model(sentence_in)[:1].squeeze()"))
        marked = w.has("classes last", "scores for probabilities", "batch lost by squeeze", "softmax before cross entropy")
        w.add("loss = loss_function(tag_scores, targets)", faulty=marked)
        w.add("loss.backward()", "optimizer.step()")
    if w.chance(0.5) and not w.fault:
        w.add(
            "with torch.no_grad():",
            "    inputs = prepare_sequence(training_data[0][0], word_to_ix)",
            "    print(model(inputs).argmax(dim=1))",
        )
