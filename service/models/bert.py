"""BERT (Devlin et al. 2019), RoBERTa (Liu et al. 2019) and DistilBERT (Sanh et al. 2019), as transformers has them."""

from __future__ import annotations

from service.models.architecture import Architecture
from service.models.config import Config


def bert(config: Config) -> Architecture:
    """Return the tensors of BertModel, of BertForMaskedLM, whose decoder is tied, or of a classifier of texts."""
    model = _encoder(config, "bert", padding=0, has_pooler=config.is_bare or config.is_classifier)
    if config.is_classifier:
        model.linear("classifier", config.labels(), config.size("hidden_size"), bias=True)
    elif not config.is_bare:
        _head(model, config, "cls.predictions", dense="transform.dense", norm="transform.LayerNorm")
        _tie(model, "cls.predictions", "bert")
    return model


def roberta(config: Config) -> Architecture:
    """Return the tensors of RobertaModel, of RobertaForMaskedLM, whose decoder is tied, or of a classifier of texts."""
    model = _encoder(config, "roberta", padding=1, has_pooler=config.is_bare)
    if config.is_classifier:
        width = config.size("hidden_size")
        model.linear("classifier.dense", width, width, bias=True)
        model.linear("classifier.out_proj", config.labels(), width, bias=True)
    elif not config.is_bare:
        _head(model, config, "lm_head", dense="dense", norm="layer_norm")
        _tie(model, "lm_head", "roberta")
    return model


def _encoder(config: Config, prefix: str, padding: int, *, has_pooler: bool) -> Architecture:
    """Return the encoder."""
    width, inner = config.size("hidden_size"), config.size("intermediate_size")
    vocabulary, positions = config.size("vocab_size"), config.size("max_position_embeddings")
    row = config.row("pad_token_id", vocabulary, padding)
    config.check_heads("hidden_size", width, "num_attention_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    with model.within("" if config.is_bare else prefix):
        with model.within("embeddings"):
            model.embedding("word_embeddings", vocabulary, width, row)
            # RoBERTa counts positions from the padding token on.
            model.embedding("position_embeddings", positions, width, row if prefix == "roberta" else None)
            model.embedding("token_type_embeddings", config.size("type_vocab_size", default=2), width)
            model.norm("LayerNorm", width, bias=True)
        with model.within("encoder"), model.layers("layer", config.count("num_hidden_layers")):
            model.linear("attention.self.{query,key,value}", width, width, bias=True)
            model.linear("attention.output.dense", width, width, bias=True)
            model.linear("intermediate.dense", inner, width, bias=True)
            model.linear("output.dense", width, inner, bias=True)
            model.norm("{attention.output,output}.LayerNorm", width, bias=True)
        if has_pooler:
            model.linear("pooler.dense", width, width, bias=True)
    return model


def _head(model: Architecture, config: Config, path: str, dense: str, norm: str) -> None:
    """Add a head for masked language modelling."""
    width = config.size("hidden_size")
    with model.within(path):
        model.linear(dense, width, width, bias=True)
        model.norm(norm, width, bias=True)
        model.add("bias", (config.size("vocab_size"),), "zeros")


def _tie(model: Architecture, path: str, encoder: str) -> None:
    """Note that the decoder of a head has the weight of the embedding, and the bias that stands beside it."""
    model.head(f"{path}.decoder", f"{encoder}.embeddings.word_embeddings", is_tied=True)
    model.ties[f"{path}.decoder.bias"] = f"{path}.bias"


def distilbert(config: Config) -> Architecture:
    """Return the tensors of DistilBertModel, of DistilBertForMaskedLM, whose decoder is tied, or of a classifier."""
    width, inner, vocabulary = config.size("dim"), config.size("hidden_dim"), config.size("vocab_size")
    config.check_heads("dim", width, "n_heads")
    model = Architecture(config.number("initializer_range", 0.02))
    with model.within("" if config.is_bare else "distilbert"):
        model.embedding("embeddings.word_embeddings", vocabulary, width, config.row("pad_token_id", vocabulary, 0))
        model.embedding("embeddings.position_embeddings", config.size("max_position_embeddings"), width)
        model.norm("embeddings.LayerNorm", width, bias=True)
        with model.within("transformer"), model.layers("layer", config.count("n_layers")):
            model.linear("attention.{q,k,v,out}_lin", width, width, bias=True)
            model.linear("ffn.lin1", inner, width, bias=True)
            model.linear("ffn.lin2", width, inner, bias=True)
            model.norm("{sa,output}_layer_norm", width, bias=True)
    if config.is_classifier:
        model.linear("pre_classifier", width, width, bias=True)
        model.linear("classifier", config.labels(), width, bias=True)
    elif not config.is_bare:
        model.linear("vocab_transform", width, width, bias=True)
        model.norm("vocab_layer_norm", width, bias=True)
        model.add("vocab_projector.bias", (vocabulary,), "zeros")
        model.head("vocab_projector", "distilbert.embeddings.word_embeddings", is_tied=True)
    return model
